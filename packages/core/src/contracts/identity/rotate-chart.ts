import { taggedMessage } from '../../crypto/hash.ts'
import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { beginEpoch, type EpochKeys } from './begin-epoch.ts'
import { charts, spentChartKeys } from './tables.ts'

export interface ChartRotation extends EpochKeys {
  /** Signature of `chartRotationMessage` by the new controller. */
  readonly possession: Uint8Array
}

/** What the new controller of a chart signs. */
export const chartRotationMessage = (
  networkId: Uint8Array,
  chart: Uint8Array,
  { controllerKey, epochKey }: EpochKeys,
): Uint8Array => taggedMessage('medchain/chart-rotation/1', networkId, chart, controllerKey, epochKey)

/**
 * The present controller of a chart hands it over to a new one, which proves that it has its key, and a new
 * epoch begins. The old controller signs nothing any more.
 */
export const rotateChart: TransactionKind<ChartRotation> = {
  kind: 'identity.rotate-chart',
  payload: struct<ChartRotation>({ controllerKey: bytes(32), epochKey: bytes(32), possession: bytes(64) }),
  statements: (_view, payload, { networkId, sender }) =>
    ok([
      {
        publicKey: payload.controllerKey,
        message: chartRotationMessage(networkId, sender, payload),
        signature: payload.possession,
      },
    ]),
  apply: (view, payload, context) => {
    const { sender } = context
    const chart = view.get(charts, sender)
    if (!chart) return refuse('identity.not-chart', 'Only a chart rotates its keys.')
    const { controllerKey } = payload
    const isFormer = view.get(spentChartKeys, sender, controllerKey) !== undefined
    if (isFormer || equalBytes(controllerKey, chart.controllerKey))
      return refuse('identity.same-key', 'A rotation brings a new key; this one was in use before.')
    view.put(spentChartKeys, chart.epoch, sender, chart.controllerKey)
    const begun = beginEpoch(view, chart, payload, context)
    return begun.ok ? ok([{ kind: 'identity.chart-rotated', subjects: [sender] }]) : begun
  },
}
