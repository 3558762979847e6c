import { charts, type EpochOpening, epochOpenings, positionKey, type ReadView } from '@medchain/core'

/** When the present epoch of a chart began; the first with its registration. Undefined for no chart. */
export const presentEpochOf = (view: ReadView, id: Uint8Array): EpochOpening | undefined => {
  const chart = view.get(charts, id)
  if (chart === undefined) return undefined
  const first = { height: chart.registeredHeight, timeMs: 0 }
  return view.get(epochOpenings, id, positionKey(chart.epoch)) ?? first
}
