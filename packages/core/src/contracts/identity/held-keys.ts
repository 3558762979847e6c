import { equalBytes } from '../../encoding/index.ts'
import { accountIdFromInception } from '../../identity/account-id.ts'
import type { ReadView } from '../../state/view.ts'
import { accounts, charts, inceptionsByKey, spentChartKeys } from './tables.ts'

const heldByAccount = (view: ReadView, id: Uint8Array, key: Uint8Array): boolean => {
  const account = view.get(accounts, id)
  if (!account) return false
  if (equalBytes(account.signingKey, key)) return true
  const later = view.get(inceptionsByKey, key)
  const isLater = later !== undefined && equalBytes(accountIdFromInception(later), id)
  // The first key is named by the inception that any later key brought.
  const first = view.get(inceptionsByKey, account.signingKey)
  const isFirst =
    first !== undefined && equalBytes(accountIdFromInception(first), id) && equalBytes(first.signingKey, key)
  return isLater || isFirst
}

const heldByChart = (view: ReadView, id: Uint8Array, key: Uint8Array): boolean => {
  const chart = view.get(charts, id)
  return (
    chart !== undefined &&
    (equalBytes(chart.controllerKey, key) || view.get(spentChartKeys, id, key) !== undefined)
  )
}

/** Whether the account or chart signs with the key, or did before a rotation. */
export const heldSigningKey = (view: ReadView, id: Uint8Array, key: Uint8Array): boolean =>
  heldByAccount(view, id, key) || heldByChart(view, id, key)

/** The key with which the account or chart signs now, whatever its standing. */
export const presentSigningKey = (view: ReadView, id: Uint8Array): Uint8Array | undefined =>
  view.get(accounts, id)?.signingKey ?? view.get(charts, id)?.controllerKey
