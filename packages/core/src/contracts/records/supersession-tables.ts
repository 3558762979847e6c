import { bytes, optional, struct, uint } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import type { ReadView } from '../../state/view.ts'
import { positionKey } from '../identity/tables.ts'

/** What its author said of a record that is no longer the present one (custody C15). */
export interface Supersession {
  /** 18-byte id of the record in the same chart that takes its place; none for one that was withdrawn. */
  readonly successor: Uint8Array | undefined
  /** Account that signed. */
  readonly author: Uint8Array
  readonly height: number
  /** Block time in milliseconds since 1970. */
  readonly timeMs: number
}

/** By record id; for good. */
export const supersessions = table(
  'records.superseded',
  struct<Supersession>({
    successor: optional(bytes(18)),
    author: bytes(32),
    height: uint(),
    timeMs: uint(),
  }),
)

/** How many records of a chart are superseded. */
export const supersessionCounts = table('records.superseded-count', uint())

/** Record ids by chart and position. */
export const chartSupersessions = table('records.superseded-of-chart', bytes(18))

/** Superseded records of a chart with what was said of them, oldest first. */
export const supersessionsIn = (
  view: ReadView,
  chart: Uint8Array,
): readonly (Supersession & { readonly recordId: Uint8Array })[] =>
  Array.from({ length: view.get(supersessionCounts, chart) ?? 0 }, (_, position) => {
    const recordId = view.get(chartSupersessions, chart, positionKey(position))
    const supersession = recordId && view.get(supersessions, recordId)
    return recordId && supersession ? [{ recordId, ...supersession }] : []
  }).flat()
