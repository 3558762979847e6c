import {
  erasureIdsOfChart,
  hexFromBytes,
  isErased,
  type ReadView,
  recordsOfErasure,
  supersessionsIn,
} from '@medchain/core'

/** Hexadecimal ids of a chart's records that nothing counts any more: replaced, withdrawn, or erased at a block time. */
export const goneRecordsOf = (
  { view, timeMs }: { readonly view: ReadView; readonly timeMs: number },
  chart: Uint8Array,
): ReadonlySet<string> => {
  const erased = erasureIdsOfChart(view, chart)
    .flatMap((erasureId) => recordsOfErasure(view, erasureId))
    .filter((recordId) => isErased(view, recordId, timeMs))
  const superseded = supersessionsIn(view, chart).map(({ recordId }) => recordId)
  return new Set([...erased, ...superseded].map(hexFromBytes))
}
