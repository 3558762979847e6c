import { type ChartRegistration, type Compartment, chartIdOf, type KeyringChart } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { Actor } from '../client/signed-request.ts'

/** Fresh secrets of a chart in its first epoch. */
export const createChart = (compartment: Compartment): KeyringChart => {
  const fresh = () => nodeCiphers.randomBytes(32)
  const chart = {
    compartment,
    controllerSeed: fresh(),
    epochs: [{ epoch: 0, secret: fresh() }],
    salt: fresh(),
  }
  return { ...chart, chartId: chartIdOf(publicPartOf(chart)) }
}

/** What the chain learns of a chart. */
export const publicPartOf = (
  chart: Omit<KeyringChart, 'chartId'>,
): Pick<ChartRegistration, 'controllerKey' | 'epochKey' | 'salt'> => {
  const first = chart.epochs[0]?.secret ?? new Uint8Array(32)
  return {
    controllerKey: nodeCiphers.ed25519Public(chart.controllerSeed),
    epochKey: nodeCiphers.x25519Public(first),
    salt: chart.salt,
  }
}

/** Signs for a chart by its controller. */
export const chartActor = ({ chartId, controllerSeed }: KeyringChart): Actor => ({
  id: chartId,
  inception: undefined,
  sign: (message) => nodeCiphers.ed25519Sign(controllerSeed, message),
})
