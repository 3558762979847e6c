import { emergenciesOf } from '@medchain/core'
import { provenChoice } from '../emergencies/chain-emergencies.ts'
import { prepareEpochs } from '../emergencies/prepare-shares.ts'
import type { KeyHolders } from './key-holders.ts'
import { presentEpochOf } from './present-epoch.ts'

const LOOKED_AT_MAX = 100

/**
 * Declarers of emergencies, who had the secrets from the custodians: once one is over, a new epoch shuts them out (BG8).
 * The custodians get shares of each epoch of a chart that is open to emergencies.
 */
export const custodians: KeyHolders = {
  isDue(view, head, chart) {
    const opening = presentEpochOf(view, chart)
    if (opening === undefined) return false
    return emergenciesOf(view, chart, LOOKED_AT_MAX).some(({ declaredHeight, fromMs, untilMs, closing }) => {
      const endMs = closing?.timeMs ?? untilMs
      // One declared in a halt says itself when it was: what counts is that the chain had it not when the epoch began.
      const isNewer = endMs > opening.timeMs || declaredHeight > opening.height
      return fromMs !== undefined && endMs <= head.timeMs && isNewer
    })
  },
  async handOver({ client, networkId, now }, chart) {
    const choice = await provenChoice(client, chart.chartId)
    if (!choice?.isEligible) return []
    const missing = chart.epochs.filter(({ epoch }) => !choice.epochs.includes(epoch))
    const epochs = missing.map(({ epoch }) => ({ chart, epoch }))
    const { failed } = await prepareEpochs({ client, networkId, now }, epochs)
    return failed.map(({ error }) => error)
  },
}
