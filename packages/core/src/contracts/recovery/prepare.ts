import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { accountIdFromInception } from '../../identity/account-id.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution, isSignedBy } from '../identity/enrol.ts'
import { accounts, charts } from '../identity/tables.ts'
import { RECOVERY_DELAY_MS_MAX, RECOVERY_DELAY_MS_MIN, UNGUARDED_DELAY_MS_MIN } from './stage.ts'
import { type RecoveryTerms, recoveries, recoveryTermsSchema } from './tables.ts'

const areDistinct = (ids: readonly Uint8Array[]): boolean => new Set(ids.map(String)).size === ids.length

const validateCustodians = (
  view: ReadView,
  { custodians, custodianThreshold }: RecoveryTerms,
  sponsor: Uint8Array,
): Result<void> => {
  const ids = custodians.map(({ institution }) => institution)
  const isSound =
    ids.length >= 2 &&
    areDistinct(ids) &&
    ids.every((id) => activeInstitution(view, id) !== undefined && !equalBytes(id, sponsor))
  if (!isSound) {
    return refuse(
      'recover.custodians',
      'A recovery needs at least two different active institutions beside its sponsor.',
    )
  }
  return 2 * custodianThreshold > ids.length && custodianThreshold <= ids.length
    ? ok(undefined)
    : refuse('recover.threshold', 'More than half of the custodians open their half, and no more than all.')
}

const validateGuardians = ({ guardians, guardianThreshold, delayMs }: RecoveryTerms): Result<void> => {
  const isPossible =
    guardians.length === 0
      ? guardianThreshold === 0
      : guardianThreshold >= 1 && guardianThreshold <= guardians.length
  if (!isPossible || !areDistinct(guardians.map(({ tag }) => tag))) {
    return refuse(
      'recover.threshold',
      'The number of guardians needed does not fit the guardians, or one stands there twice.',
    )
  }
  const leastMs = guardians.length === 0 ? UNGUARDED_DELAY_MS_MIN : RECOVERY_DELAY_MS_MIN
  return delayMs >= leastMs && delayMs <= RECOVERY_DELAY_MS_MAX
    ? ok(undefined)
    : refuse('recover.delay', 'The delay is one to thirty days, and fourteen at least without guardians.')
}

/** A sponsor puts a recovery on the chain, under keys of its own that sign as well (RV1). */
export const prepareRecovery: TransactionKind<RecoveryTerms> = {
  kind: 'recovery.prepare',
  payload: recoveryTermsSchema,
  newSigners: ({ inception }) => [
    { accountId: accountIdFromInception(inception), signingKey: inception.signingKey },
  ],
  apply: (view, terms, context) => {
    const id = accountIdFromInception(terms.inception)
    if (!activeInstitution(view, context.sender)) {
      return refuse('identity.not-institution', 'Only an active institution registers a recovery.')
    }
    if (!isSignedBy(context, id)) return refuse('identity.unproven-key', 'The recovery’s key did not sign.')
    if (view.get(recoveries, id) || view.get(accounts, id) || view.get(charts, id)) {
      return refuse('recover.exists', 'A recovery of that id is on the chain already.')
    }
    const guardians = validateGuardians(terms)
    if (!guardians.ok) return guardians
    const custodians = validateCustodians(view, terms, context.sender)
    if (!custodians.ok) return custodians
    const { sender: sponsor, height: preparedHeight } = context
    view.put(recoveries, { ...terms, sponsor, preparedHeight, closedHeight: undefined }, id)
    return ok([{ kind: 'recovery.prepared', subjects: [id] }])
  },
}
