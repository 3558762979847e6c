import { blob, list, optional, struct, uint } from '../../encoding/index.ts'
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
