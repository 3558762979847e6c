import { bytes, equalBytes, list, ok, refuse, struct, uint } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { charts, positionKey } from '../identity/tables.ts'
import {
  EMERGENCY_CUSTODIANS_MAX,
  emergencyCustodiansOf,
  emergencyThreshold,
  possibleCustodians,
} from './custodians.ts'
import {
  type CustodianShares,
  custodianShareSchema,
  custodianShares,
  emergencyChoices,
  PREPARED_EPOCHS_MAX,
} from './tables.ts'

export type SharesPreparation = Omit<CustodianShares, 'height'> & { readonly epoch: number }

/** A chart leaves itself open to emergencies: its epoch secret is split among the custodians of now (BG1, BG2). */
export const prepareShares: TransactionKind<SharesPreparation> = {
  kind: 'emergency.prepare',
  payload: struct<SharesPreparation>({
    epoch: uint(0xffffffff),
    setId: bytes(32),
    threshold: uint(EMERGENCY_CUSTODIANS_MAX),
    shares: list(custodianShareSchema, EMERGENCY_CUSTODIANS_MAX),
  }),
  apply: (view, { epoch, setId, threshold, shares }, { sender, height }) => {
    const chart = view.get(charts, sender)
    if (!chart) return refuse('identity.not-chart', 'Only a chart opens its epochs.')
    if (epoch > chart.epoch) return refuse('emergency.epoch', 'The chart has no such epoch.')
    const expected = emergencyCustodiansOf(sender, epoch, possibleCustodians(view))
    const areThose =
      shares.length === expected.length &&
      threshold === emergencyThreshold(expected.length) &&
      expected.every((id, position) => equalBytes(id, shares[position]?.institution ?? id.slice(0, 0)))
    if (!areThose) {
      return refuse(
        'emergency.custodians',
        'The custodians are not those of chart, epoch and present members; split the key again.',
      )
    }
    const known = view.get(emergencyChoices, sender)?.epochs ?? []
    const epochs = [...new Set([...known, epoch])].sort((a, b) => a - b)
    if (epochs.length > PREPARED_EPOCHS_MAX) {
      return refuse('emergency.too-many-epochs', 'No more epochs of this chart can be prepared.')
    }
    view.put(custodianShares, { setId, threshold, shares, height }, sender, positionKey(epoch))
    view.put(emergencyChoices, { isEligible: true, epochs, height }, sender)
    return ok([{ kind: 'emergency.prepared', subjects: [sender] }])
  },
}
