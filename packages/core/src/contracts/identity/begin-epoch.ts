import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { WriteView } from '../../state/view.ts'
import type { TransactionContext } from '../contract.ts'
import { type Chart, chartEpochs, charts, positionKey, spentChartKeys } from './tables.ts'

/** What changes with an epoch. */
export interface EpochKeys {
  readonly controllerKey: Uint8Array
  readonly epochKey: Uint8Array
}

/** Writes the next epoch of the sender's chart; a key that the chart had before stays with whom it shut out. */
export const beginEpoch = (
  view: WriteView,
  chart: Chart,
  { controllerKey, epochKey }: EpochKeys,
  { sender, height, timeMs }: TransactionContext,
): Result<void> => {
  const first = view.get(chartEpochs, sender, positionKey(0))
  const isFirst = first !== undefined && equalBytes(epochKey, first.epochKey)
  const isPresent = equalBytes(epochKey, chart.epochKey)
  if (isPresent || isFirst || view.get(spentChartKeys, sender, epochKey) !== undefined)
    return refuse(
      'identity.same-epoch-key',
      'A new epoch has a new key: the old one stays with whom it shuts out.',
    )
  const epoch = chart.epoch + 1
  view.put(charts, { ...chart, epoch, epochKey, controllerKey }, sender)
  view.put(chartEpochs, { epochKey, height, timeMs }, sender, positionKey(epoch))
  view.put(spentChartKeys, epoch, sender, epochKey)
  return ok(undefined)
}
