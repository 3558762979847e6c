import { hexFromBytes, isErased, ok, type Result, supersessions } from '@medchain/core'
import type { ResearchPorts } from '../ports.ts'
import { type Delivery, ROW_BYTES_MAX } from '../stored-row.ts'
import { deidentifiedRow, pseudonymOf } from './deidentified-row.ts'

export type ReleasedRow = Delivery['rows'][number]

const PORTION_BYTES = 16 * 1024 * 1024

/** A holder that is away or behind: the record is read another time instead of being left out for good. */
const isPassing = (code: string): boolean =>
  /^(network|node)\./.test(code) || ['disclosure.stale', 'request.busy', 'audit.not-ready'].includes(code)

const yearOf = (timeMs: number): number => new Date(timeMs).getUTCFullYear()

/** De-identified rows of records, without those of which nothing is released; refuses while some cannot be read yet. */
export const releasedRows = async (
  ports: ResearchPorts,
  chart: Uint8Array,
  receiver: Uint8Array,
  recordIds: readonly Uint8Array[],
): Promise<Result<readonly ReleasedRow[]>> => {
  const opened = await ports.read(chart, recordIds, 'HRESCH')
  const context = { receiver, pseudonymize: ports.pseudonymize, year: yearOf(ports.chain.head().timeMs) }
  const rows: ReleasedRow[] = []
  for (const recordId of recordIds) {
    const record = opened.get(hexFromBytes(recordId))
    if (record && !record.ok && isPassing(record.code)) return record
    // Due, or superseded, while it was being read: what the receiver destroys now must not follow.
    const { view, timeMs } = ports.chain.head()
    if (isErased(view, recordId, timeMs) || view.get(supersessions, recordId)) continue
    const resource = record?.ok ? deidentifiedRow(record.value.bytes, context) : undefined
    // A larger row would be refused with its whole delivery.
    if (resource && resource.length <= ROW_BYTES_MAX)
      rows.push({ record: pseudonymOf(context, hexFromBytes(recordId)), resource })
  }
  return ok(rows)
}

/** Rows in portions that one message holds. */
export const portionsOf = (rows: readonly ReleasedRow[]): ReleasedRow[][] => {
  const portions: ReleasedRow[][] = []
  let sizeBytes = PORTION_BYTES
  for (const row of rows) {
    sizeBytes += row.resource.length
    if (sizeBytes > PORTION_BYTES) {
      portions.push([])
      sizeBytes = row.resource.length
    }
    portions.at(-1)?.push(row)
  }
  return portions
}
