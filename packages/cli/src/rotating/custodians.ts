import { provenChoice, provenEmergencies } from '../emergencies/chain-emergencies.ts'
import { prepareEpochs } from '../emergencies/prepare-shares.ts'
import type { KeyHolders } from './key-holders.ts'

/**
 * Declarers of emergencies, who had the secrets from the custodians: once one is over, a new epoch shuts them out (BG8).
 * The custodians get shares of each epoch of a chart that is open to emergencies.
 */
export const custodians: KeyHolders = {
  async isDue({ client }, { chart, facts }) {
    const { headTimeMs } = await client.status()
    const known = await provenEmergencies(client, chart.chartId)
    return known.some(({ fromMs, untilMs, closing }) => {
      const endMs = closing?.timeMs ?? untilMs
      return fromMs !== undefined && endMs <= headTimeMs && endMs > facts.epochOpenedMs
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
