import {
  type AuditAnchor,
  auditHeadSchema,
  auditHeads,
  auditTag,
  decode,
  encode,
  equalBytes,
  type StateProof,
  stateProofSchema,
  verifyStateProof,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { AuditEvidence, AuditedNode, AuditGap, CollectedLog } from './collected-log.ts'
import { gap, type VerifiedEntry } from './verify-chain.ts'

const PROOF_BYTES_MAX = 4 * 1024 * 1024

/** The anchor that the node proves against, when the chain has it and it is none but the newest or later. */
const provenAnchor = ({ newest, named }: AuditedNode, log: CollectedLog): AuditAnchor | undefined => {
  const given = log.anchor && decode(auditHeads.schema, log.anchor)
  if (!given?.ok || given.value.sequence < (newest?.sequence ?? 0)) return undefined
  const onChain = [newest, named].find((anchor) => anchor?.sequence === given.value.sequence)
  return onChain && equalBytes(onChain.root, given.value.root) ? onChain : undefined
}

const headProven = (
  root: Uint8Array,
  tag: Uint8Array,
  proof: StateProof,
  entries: readonly VerifiedEntry[],
) =>
  entries.findLast(({ entry, hash }) =>
    verifyStateProof(root, tag, encode(auditHeadSchema, { sequence: entry.sequence, head: hash }), proof),
  )

/** Longer than an anchoring can be under way before it expires. */
const ANCHORING_MS_MAX = 90_000

/** Entries that are older than the anchor, yet not covered by it. */
const backdated = (
  entries: readonly VerifiedEntry[],
  covered: number,
  anchor: AuditAnchor,
): VerifiedEntry[] =>
  entries.filter(({ entry }) => entry.sequence > covered && entry.timeMs < anchor.timeMs - ANCHORING_MS_MAX)

/** Checks a node's entries against the map that it anchored: the head is in it, or nothing is. */
export const verifyAnchor = (
  audited: AuditedNode,
  log: CollectedLog,
  entries: readonly VerifiedEntry[],
  { epochSecret }: AuditEvidence,
): AuditGap[] => {
  const { node, newest } = audited
  if (!newest && log.anchor === undefined) return []
  const anchor = provenAnchor(audited, log)
  const proof = log.proof && decode(stateProofSchema, log.proof, PROOF_BYTES_MAX)
  const shared = nodeCiphers.x25519(epochSecret, audited.sealingKey)
  if (!anchor || !proof?.ok || !shared)
    return [gap(node, 'audit.unproven', undefined, 'no proof under its newest anchor')]
  const tag = auditTag(shared, node)
  const isAbsent = verifyStateProof(anchor.root, tag, undefined, proof.value)
  const covered = isAbsent ? undefined : headProven(anchor.root, tag, proof.value, entries)
  if (!isAbsent && !covered) {
    const detail =
      entries.length === 0
        ? 'its anchor covers entries that it leaves out'
        : 'its anchor covers other entries'
    return [gap(node, entries.length === 0 ? 'audit.thinned' : 'audit.altered', undefined, detail)]
  }
  return backdated(entries, covered?.entry.sequence ?? 0, anchor).map(({ entry }) =>
    gap(node, 'audit.altered', entry.sequence, 'older than the anchor that does not cover it'),
  )
}
