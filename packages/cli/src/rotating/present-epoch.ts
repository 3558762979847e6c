import { chartEpochs, charts, type EpochOpening, positionKey, type ReadView } from '@medchain/core'

/** When the present epoch of a chart began, its first with the registration. Undefined for no chart. */
export const presentEpochOf = (view: ReadView, id: Uint8Array): EpochOpening | undefined => {
  const chart = view.get(charts, id)
  return chart && view.get(chartEpochs, id, positionKey(chart.epoch))
}
