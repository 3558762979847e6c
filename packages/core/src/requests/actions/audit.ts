import { blob, list, optional, struct, uint } from '../../encoding/index.ts'
import { action } from './action.ts'

/** A chart's entries in the answering node's audit log, with proof against its anchor. Actor: the chart. */
export const auditRead = action(
  'audit.read',
  struct<{ readonly afterSequence: number; readonly limit: number }>({
    afterSequence: uint(),
    limit: uint(1000),
  }),
  struct<{
    readonly entries: readonly Uint8Array[]
    /** Entries in the log for this chart in all. */
    readonly count: number
    readonly anchor: Uint8Array | undefined
    readonly proof: Uint8Array | undefined
  }>({
    entries: list(blob(1 << 21), 1000),
    count: uint(),
    anchor: optional(blob(256)),
    proof: optional(blob(1 << 22)),
  }),
)
