import type { AuditAnchor, SignatureVerifier } from '@medchain/core'

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

/** One institution, with what the chain says of its anchors. */
export interface AuditedNode {
  /** Account id. */
  readonly node: Uint8Array
  /** X25519 public key of the institution, from the chain. */
  readonly sealingKey: Uint8Array
  /** The newest anchor on the chain, read before the node was asked; none when it never anchored. */
  readonly newest: AuditAnchor | undefined
  /** The anchor on the chain under the number that the node named. */
  readonly named: AuditAnchor | undefined
  /** The log, or the code with which the node did not give it. */
  readonly answer: CollectedLog | { readonly code: string }
}

/** Everything that `verifyAudit` works on; nothing of it is taken from the nodes on trust but their logs. */
export interface AuditEvidence {
  readonly networkId: Uint8Array
  readonly chart: Uint8Array
  /** The chart's X25519 secret of epoch 0. */
  readonly epochSecret: Uint8Array
  readonly nodes: readonly AuditedNode[]
  /** The signing key of an actor as the chain has it. */
  readonly signingKeyOf: (actor: Uint8Array) => Uint8Array | undefined
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
  'audit.altered': 'The node changed entries after it had logged them.',
  'audit.forged': 'The node shows an entry that the actor did not sign, or that differs from the statement.',
  'audit.leg-missing':
    'Another holder answered this statement and this one shows no entry: the reader asked only one of the two and opened nothing, or this node dropped its entry.',
  'audit.thinned': 'The node leaves out entries that it had logged.',
  'audit.unproven': 'The node does not prove its log against its anchor on the chain.',
  'audit.withheld': 'The node does not give its log.',
} as const
