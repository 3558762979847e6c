import {
  type AuditAnchor,
  auditAnchors,
  auditHeads,
  decode,
  emergencies,
  equalBytes,
  heldSigningKey,
  hexFromBytes,
  type PastAuditHead,
  positionKey,
  presentSigningKey,
  type ReadView,
  type SignatureVerifier,
} from '@medchain/core'
import { checkpointsOf } from './checkpoints.ts'
import type { AuditEvidence, AuditedNode, CollectedLog } from './collected-log.ts'
import { type EvidenceHead, loggedAt } from './entry-time.ts'
import { entriesIn } from './verify-chain.ts'
import { type MissingLeg, missingLegs } from './verify-legs.ts'

/** What one node gave about one chart, and what the client knew when it asked. */
export interface NodeAnswer {
  /** Account id of the institution. */
  readonly node: Uint8Array
  readonly tag: Uint8Array | undefined
  /** Number of the node's newest anchor before it, and last before the others, were asked (A10); 0 for none. */
  readonly newestBefore: number
  readonly answer: CollectedLog | { readonly code: string }
  readonly past: readonly PastAuditHead[]
}

/** What all nodes gave about one chart. */
export interface ChartAnswers {
  readonly chart: Uint8Array
  readonly nodes: readonly NodeAnswer[]
}

const anchorIn = (view: ReadView, node: Uint8Array, sequence: number): AuditAnchor | undefined =>
  sequence > 0 ? view.get(auditAnchors, node, positionKey(sequence)) : undefined

/** Number of the anchor that the node named; 0 for none. */
const namedBy = ({ answer }: NodeAnswer): number => {
  const anchor = 'code' in answer ? undefined : answer.anchor && decode(auditHeads.schema, answer.anchor)
  return anchor?.ok ? anchor.value.sequence : 0
}

const missingIn = (nodes: readonly NodeAnswer[]): readonly MissingLeg[] => {
  const readable = nodes.filter(({ answer }) => !('code' in answer))
  return missingLegs(
    readable.flatMap(({ answer }) => entriesIn(answer as CollectedLog)),
    new Set(readable.map(({ node }) => hexFromBytes(node))),
  )
}

/**
 * For each node the numbers of earlier anchors under which its log is to be checked; the state decides, so that
 * whoever verifies later asks for the same ones.
 */
export const checkpointsFor = (
  view: ReadView,
  { nodes }: ChartAnswers,
): ReadonlyMap<string, readonly number[]> => {
  const readable = nodes.filter(({ answer }) => !('code' in answer))
  const shown = readable.map((given) => ({ given, entries: entriesIn(given.answer as CollectedLog) }))
  const missing = missingIn(nodes)
  return new Map(
    shown.map(({ given, entries }) => {
      const { node, newestBefore } = given
      const named = namedBy(given)
      const missedAtMs = missing
        .filter(({ holder }) => equalBytes(holder, node))
        .map(({ served }) => loggedAt(served.entry, served.statement))
      const chosen = checkpointsOf(view, node, entries, missedAtMs, named)
      const isCut = entries.length > 0 && newestBefore > 0 && newestBefore < named
      const all = new Set(isCut ? [...chosen, newestBefore] : chosen)
      return [hexFromBytes(node), [...all].sort((a, b) => a - b)] as const
    }),
  )
}

/** The answers with the anchors that they name as the new cut (A10), as far as these are on the chain. */
export const cutAnew = <T extends ChartAnswers>(view: ReadView, answers: T): T => ({
  ...answers,
  nodes: answers.nodes.map((given) => {
    const named = anchorIn(view, given.node, namedBy(given))?.sequence ?? 0
    return { ...given, newestBefore: Math.max(given.newestBefore, named) }
  }),
})

/** Holders that lack a leg which another shows: they may have logged it after they answered. */
export const holdersBehind = ({ nodes }: ChartAnswers): readonly Uint8Array[] =>
  missingIn(nodes).map(({ holder }) => holder)

/** The evidence on one chart: what nodes gave, beside what committed state says of them. */
export const evidenceIn = (
  view: ReadView,
  head: EvidenceHead,
  answers: ChartAnswers,
  { networkId, verifier }: { readonly networkId: Uint8Array; readonly verifier: SignatureVerifier },
): AuditEvidence => {
  const due = checkpointsFor(view, answers)
  const auditedNode = (given: NodeAnswer): AuditedNode => {
    const { node, tag, answer, past, newestBefore } = given
    const checkpoints = (due.get(hexFromBytes(node)) ?? []).flatMap((sequence) => {
      const anchor = anchorIn(view, node, sequence)
      return anchor ? [{ anchor, answer: past.find((each) => each.anchor === sequence) }] : []
    })
    const newest = anchorIn(view, node, newestBefore)
    const sequence = namedBy(given)
    const [named, following] = [sequence, sequence + 1].map((each) => anchorIn(view, node, each))
    return { node, tag, answer, checkpoints, newest, named, following }
  }
  return {
    networkId,
    chart: answers.chart,
    nodes: answers.nodes.map(auditedNode),
    head,
    isKeyOf: (actor, key) => heldSigningKey(view, actor, key),
    presentKeyOf: (actor) => presentSigningKey(view, actor),
    emergencyOf: (id) => view.get(emergencies, id),
    verifier,
  }
}
