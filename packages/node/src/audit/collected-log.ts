import type { AuditAnchor, PastAuditHead, SignatureVerifier } from '@medchain/core'
import type { EvidenceHead } from './entry-time.ts'

/** What one node answered to `audit.read`, all its pages together. */
export interface CollectedLog {
  /** Encoded entries in the order given. */
  readonly entries: readonly Uint8Array[]
  readonly count: number
  /** Encoded AuditAnchor that the node proves against, if it has one. */
  readonly anchor: Uint8Array | undefined
  /** Encoded state proof for the chart's tag under that anchor. */
  readonly proof: Uint8Array | undefined
}

/** An earlier anchor of a node, as the chain has it, and what the node proves of the chart under it. */
export interface Checkpoint {
  readonly anchor: AuditAnchor
  readonly answer: PastAuditHead | undefined
}

/** One institution, with what the chain says of its anchors. */
export interface AuditedNode {
  /** Account id. */
  readonly node: Uint8Array
  /** Key of the chart in the node's map; undefined where the chart's first epoch secret is not known. */
  readonly tag: Uint8Array | undefined
  /** The newest anchor on the chain before this node and the others were asked (A10); none when it never anchored. */
  readonly newest: AuditAnchor | undefined
  /** The anchor on the chain under the number that the node named. */
  readonly named: AuditAnchor | undefined
  /** The anchor that followed the one named on the chain, or its first where it named none. */
  readonly following: AuditAnchor | undefined
  /** Earlier anchors that the log must still bear out. */
  readonly checkpoints: readonly Checkpoint[]
  /** The log, or the code with which the node did not give it. */
  readonly answer: CollectedLog | { readonly code: string }
}

/** Everything that `verifyAudit` works on; nothing of it is taken from the nodes on trust but their logs. */
export interface AuditEvidence {
  readonly networkId: Uint8Array
  readonly chart: Uint8Array
  readonly nodes: readonly AuditedNode[]
  /** The state that the evidence stands on. */
  readonly head: EvidenceHead
  /** Whether the chain knows the key as one of the actor's, now or before. */
  readonly isKeyOf: (actor: Uint8Array, key: Uint8Array) => boolean
  /** The actor's present key: that of entries which name none. */
  readonly presentKeyOf: (actor: Uint8Array) => Uint8Array | undefined
  /** Who declared an emergency for which chart, as the chain has it. */
  readonly emergencyOf: (
    id: Uint8Array,
  ) => { readonly declarer: Uint8Array; readonly chart: Uint8Array } | undefined
  readonly verifier: SignatureVerifier
}

/** Something that a node altered, thinned or withheld. */
export interface AuditGap {
  readonly node: Uint8Array
  readonly code: AuditGapCode
  /** Sequence of the entry that it is about, where there is one. */
  readonly sequence: number | undefined
  readonly detail: string
}

export type AuditGapCode = keyof typeof AUDIT_GAPS

/** What a gap means, for people. */
export const AUDIT_GAPS = {
  'audit.altered': 'The node changed or left out entries that it had anchored.',
  'audit.forged': 'The node shows an entry that the actor did not sign, or that differs from the statement.',
  'audit.leg-missing':
    'Another holder answered this statement and this one shows no entry: the reader asked only one of the two and opened nothing, or this node dropped its entry.',
  'audit.thinned': 'The node leaves out entries that it had logged.',
  'audit.unanchored': 'The node has not anchored an entry that it should have anchored long ago.',
  'audit.undeclared':
    'The node disclosed on an emergency that it should have brought onto the chain long ago, or that another one declared.',
  'audit.unproven': 'The node does not prove its log against its anchors on the chain.',
  'audit.withheld': 'The node does not give its log.',
  'node.unreachable': 'The node does not answer, which proves nothing but that.',
} as const
