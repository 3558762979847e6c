import { blob, list, optional, struct, uint } from '../../encoding/index.ts'
import { type AuditHead, auditHeadSchema } from '../audit-entry.ts'
import { action, idSchema as id } from './action.ts'

/** Entries of one chart in a node's audit log, with proof against its anchor. */
export interface AuditPage {
  readonly entries: readonly Uint8Array[]
  /** Entries in the log for this chart in all. */
  readonly count: number
  readonly anchor: Uint8Array | undefined
  readonly proof: Uint8Array | undefined
}

const auditPage = struct<AuditPage>({
  entries: list(blob(1 << 21), 1000),
  count: uint(),
  anchor: optional(blob(256)),
  proof: optional(blob(1 << 22)),
})

const from = { afterSequence: uint(), limit: uint(1000) }

/** A chart's entries in the answering node's audit log. Actor: the chart. */
export const auditRead = action(
  'audit.read',
  struct<{ readonly afterSequence: number; readonly limit: number }>(from),
  auditPage,
)

/** The same for somebody who acts for the patient. Actor: a guardian of the chart in force. */
export const auditReadFor = action(
  'audit.read-for',
  struct<{ readonly chart: Uint8Array; readonly afterSequence: number; readonly limit: number }>({
    chart: id,
    ...from,
  }),
  auditPage,
)

export const AUDIT_PROOFS_MAX = 64

/** What a node's map had for the chart at one of its earlier anchors. */
export interface PastAuditHead {
  readonly anchor: number
  readonly head: AuditHead | undefined
  /** Encoded state proof under the anchor's root. */
  readonly proof: Uint8Array
}

export const pastAuditHeadSchema = struct<PastAuditHead>({
  anchor: uint(0xffffffff),
  head: optional(auditHeadSchema),
  proof: blob(1 << 22),
})

/** Proofs that the log is still what was anchored before. Actor: the chart, or a guardian of it in force. */
export const auditProve = action(
  'audit.prove',
  struct<{ readonly chart: Uint8Array; readonly anchors: readonly number[] }>({
    chart: id,
    anchors: list(uint(0xffffffff), AUDIT_PROOFS_MAX),
  }),
  list(pastAuditHeadSchema, AUDIT_PROOFS_MAX),
)
