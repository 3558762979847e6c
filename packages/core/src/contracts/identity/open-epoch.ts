import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { chartEpochs, charts, positionKey } from './tables.ts'

export interface EpochOpening {
  readonly epochKey: Uint8Array
}

/** A chart begins its next epoch; what is anchored later is sealed to the new key. */
export const openEpoch: TransactionKind<EpochOpening> = {
  kind: 'identity.open-epoch',
  payload: struct<EpochOpening>({ epochKey: bytes(32) }),
  apply: (view, { epochKey }, context) => {
    const chart = view.get(charts, context.sender)
    if (!chart) return refuse('identity.not-chart', 'Only a chart opens its epochs.')
    if (equalBytes(epochKey, chart.epochKey))
      return refuse(
        'identity.same-epoch-key',
        'A new epoch has a new key: the old one stays with whom it shuts out.',
      )
    const epoch = chart.epoch + 1
    view.put(charts, { ...chart, epoch, epochKey }, context.sender)
    view.put(chartEpochs, epochKey, context.sender, positionKey(epoch))
    return ok([{ kind: 'identity.epoch-opened', subjects: [context.sender] }])
  },
}
