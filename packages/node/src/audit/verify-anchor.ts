import {
  type AuditAnchor,
  auditHeadSchema,
  auditHeads,
  decode,
  encode,
  equalBytes,
  type PastAuditHead,
  type StateProof,
  stateProofSchema,
  verifyStateProof,
} from '@medchain/core'
import type { AuditedNode, AuditGap, Checkpoint, CollectedLog } from './collected-log.ts'
import { ANCHORING_MS_MAX, type EvidenceHead, isOverdue, loggedAt } from './entry-time.ts'
import { gap, type VerifiedEntry } from './verify-chain.ts'

const PROOF_BYTES_MAX = 4 * 1024 * 1024

/** How long the logs of all institutions may take to gather: an anchor that had a successor before that is old. */
const GATHERING_MS_MAX = 60 * 60 * 1000

/** An entry that no anchor covers yet, although that is not overdue. */
export interface PendingEntry {
  readonly node: Uint8Array
  readonly sequence: number
  /** By block time. */
  readonly ageMs: number
}

export interface AnchorFindings {
  readonly gaps: readonly AuditGap[]
  readonly pending: readonly PendingEntry[]
  /** Number of the last entry that the anchor is proven to cover; 0 for none. */
  readonly covered: number
}

type Waiting = Omit<AnchorFindings, 'covered'>

/** The anchor that the node proves against, when the chain has it and it is none but the newest or later. */
const provenAnchor = ({ newest, named }: AuditedNode, log: CollectedLog): AuditAnchor | undefined => {
  const given = log.anchor && decode(auditHeads.schema, log.anchor)
  if (!given?.ok || given.value.sequence < (newest?.sequence ?? 0)) return undefined
  const onChain = [newest, named].find((anchor) => anchor?.sequence === given.value.sequence)
  return onChain && equalBytes(onChain.root, given.value.root) ? onChain : undefined
}

/**
 * Whether the node had anchored anew long before the state that all is checked at: by the chain alone, whatever
 * the one who asked says of when that was.
 */
const isOutdated = ({ following }: AuditedNode, headTimeMs: number): boolean =>
  following !== undefined && following.timeMs < headTimeMs - GATHERING_MS_MAX

const isProvenHead = (root: Uint8Array, tag: Uint8Array, proof: StateProof, entry: VerifiedEntry): boolean =>
  verifyStateProof(
    root,
    tag,
    encode(auditHeadSchema, { sequence: entry.entry.sequence, head: entry.hash }),
    proof,
  )

const writtenAt = ({ entry, statement }: VerifiedEntry): number => loggedAt(entry, statement)

/** Entries that are older than an anchor, yet not covered by it. */
const backdated = (
  node: Uint8Array,
  entries: readonly VerifiedEntry[],
  covered: number,
  anchor: AuditAnchor,
): AuditGap[] =>
  entries
    .filter((entry) => entry.entry.sequence > covered && writtenAt(entry) < anchor.timeMs - ANCHORING_MS_MAX)
    .map(({ entry }) =>
      gap(
        node,
        'audit.altered',
        entry.sequence,
        `older than anchor ${anchor.sequence}, which does not cover it`,
      ),
    )

const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/** Entries behind the newest anchor: overdue, or still on their way. */
const afterAnchor = (
  node: Uint8Array,
  entries: readonly VerifiedEntry[],
  covered: number,
  head: EvidenceHead,
): Waiting => {
  const open = entries
    .filter(({ entry }) => entry.sequence > covered)
    .map((each) => ({
      sequence: each.entry.sequence,
      ageMs: Math.max(0, head.timeMs - writtenAt(each)),
      isDue: isOverdue(each.entry, each.statement, head),
    }))
  return {
    gaps: open
      .filter(({ isDue }) => isDue)
      .map(({ sequence, ageMs }) =>
        gap(node, 'audit.unanchored', sequence, `not anchored yet, ${inSeconds(ageMs)} after it was written`),
      ),
    pending: open.filter(({ isDue }) => !isDue).map(({ sequence, ageMs }) => ({ node, sequence, ageMs })),
  }
}

const joined = (gaps: readonly AuditGap[], more: Waiting): Waiting => {
  const told = new Set(gaps.map(({ sequence }) => sequence))
  return { ...more, gaps: [...gaps, ...more.gaps.filter(({ sequence }) => !told.has(sequence))] }
}

const onlyGap = (found: AuditGap): AnchorFindings => ({ gaps: [found], pending: [], covered: 0 })

/** Checks a node's entries against the map that it anchored: the head is in it, or nothing is. */
export const verifyAnchor = (
  audited: AuditedNode,
  log: CollectedLog,
  entries: readonly VerifiedEntry[],
  head: EvidenceHead,
): AnchorFindings => {
  const { node, newest, tag } = audited
  if (isOutdated(audited, head.timeMs))
    return onlyGap(gap(node, 'audit.unproven', undefined, 'it anchored anew since'))
  if (!newest && log.anchor === undefined) return { ...afterAnchor(node, entries, 0, head), covered: 0 }
  const anchor = provenAnchor(audited, log)
  const proof = log.proof && decode(stateProofSchema, log.proof, PROOF_BYTES_MAX)
  if (!anchor || !proof?.ok || !tag)
    return onlyGap(gap(node, 'audit.unproven', undefined, 'no proof under its newest anchor'))
  const isAbsent = verifyStateProof(anchor.root, tag, undefined, proof.value)
  const covered = isAbsent
    ? undefined
    : entries.findLast((entry) => isProvenHead(anchor.root, tag, proof.value, entry))
  if (!isAbsent && !covered) {
    const [code, detail] =
      entries.length === 0
        ? (['audit.thinned', 'its anchor covers entries that it leaves out'] as const)
        : (['audit.altered', 'its anchor covers other entries'] as const)
    return onlyGap(gap(node, code, undefined, detail))
  }
  const last = covered?.entry.sequence ?? 0
  const waiting = joined(backdated(node, entries, last, anchor), afterAnchor(node, entries, last, head))
  return { ...waiting, covered: last }
}

/** What the node says that its map had under an earlier anchor, when it proves that. */
const provenPast = (
  { tag }: Pick<AuditedNode, 'tag'>,
  { anchor, answer }: Checkpoint,
): PastAuditHead | undefined => {
  const proof = answer && decode(stateProofSchema, answer.proof, PROOF_BYTES_MAX)
  if (!answer || !proof?.ok || !tag) return undefined
  const value = answer.head && encode(auditHeadSchema, answer.head)
  return verifyStateProof(anchor.root, tag, value, proof.value) ? answer : undefined
}

/**
 * Entries that stood before the other nodes were last asked, so that these must show their legs: what the node's
 * anchor of then covers, and whatever is older than a gathering can last (A10).
 */
export const settledEntries = (
  audited: AuditedNode,
  { covered }: AnchorFindings,
  entries: readonly VerifiedEntry[],
  headTimeMs: number,
): readonly VerifiedEntry[] => {
  const { newest, named, checkpoints } = audited
  const cut = checkpoints.find(({ anchor }) => anchor.sequence === newest?.sequence)
  const proven = cut && provenPast(audited, cut)
  const isNewest = newest !== undefined && newest.sequence === named?.sequence
  const last = isNewest ? covered : (proven?.head?.sequence ?? 0)
  return entries.filter(
    (entry) => entry.entry.sequence <= last || writtenAt(entry) < headTimeMs - GATHERING_MS_MAX,
  )
}

/** Checks that the entries shown now are those that an earlier anchor covered. */
export const verifyCheckpoint = (
  audited: Pick<AuditedNode, 'node' | 'tag'>,
  point: Checkpoint,
  entries: readonly VerifiedEntry[],
): readonly AuditGap[] => {
  const { node } = audited
  const { anchor } = point
  const past = provenPast(audited, point)
  if (!past)
    return [gap(node, 'audit.unproven', undefined, `no proof under its earlier anchor ${anchor.sequence}`)]
  if (past.head === undefined) return backdated(node, entries, 0, anchor)
  const { sequence, head } = past.head
  const shown = entries.find(({ entry }) => entry.sequence === sequence)
  return shown && equalBytes(shown.hash, head)
    ? backdated(node, entries, sequence, anchor)
    : [gap(node, 'audit.altered', sequence, `its anchor ${anchor.sequence} covered other entries`)]
}
