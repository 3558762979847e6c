import { bytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { beginEpoch } from './begin-epoch.ts'
import { charts } from './tables.ts'

export interface EpochOpeningRequest {
  readonly epochKey: Uint8Array
}

/** A chart begins its next epoch; what is anchored later is sealed to the new key. */
export const openEpoch: TransactionKind<EpochOpeningRequest> = {
  kind: 'identity.open-epoch',
  payload: struct<EpochOpeningRequest>({ epochKey: bytes(32) }),
  apply: (view, { epochKey }, context) => {
    const chart = view.get(charts, context.sender)
    if (!chart) return refuse('identity.not-chart', 'Only a chart opens its epochs.')
    const begun = beginEpoch(view, chart, { controllerKey: chart.controllerKey, epochKey }, context)
    return begun.ok ? ok([{ kind: 'identity.epoch-opened', subjects: [context.sender] }]) : begun
  },
}
