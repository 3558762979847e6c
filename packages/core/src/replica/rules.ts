import type { BlockContext } from '../contracts/contract.ts'
import { executeTransaction, type PendingTransaction, type TransactionOutcome } from '../contracts/execute.ts'
import { genesisChanges, parametersIn, validatorSetIn } from '../contracts/governance/genesis.ts'
import { accounts, charts } from '../contracts/identity/tables.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import type { Result } from '../encoding/index.ts'
import { isInstitutionRole } from '../identity/roles.ts'
import type { Genesis, NetworkParameters } from '../ledger/genesis.ts'
import type { ChangeSet, ReadView, StateReader } from '../state/view.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'

/** What the state means: the one place where the replica touches the contracts. */
export interface LedgerRules {
  readonly genesisChanges: (genesis: Genesis) => ChangeSet
  /** The set that decides the block after the state read here. */
  readonly validatorSetIn: (view: ReadView) => ValidatorSet
  readonly parametersIn: (view: ReadView) => NetworkParameters
  /** Institution that answers for a sender; the sender itself when the state knows none. */
  readonly institutionOf: (view: ReadView, sender: Uint8Array) => Uint8Array
  readonly execute: (
    pending: PendingTransaction,
    reader: StateReader,
    context: BlockContext,
    verifier: SignatureVerifier,
  ) => Result<TransactionOutcome>
}

const institutionOf = (view: ReadView, sender: Uint8Array): Uint8Array => {
  const account = view.get(accounts, sender)
  if (account) return isInstitutionRole(account.role) ? sender : (account.sponsor ?? sender)
  return view.get(charts, sender)?.sponsor ?? sender
}

export const NETWORK_RULES: LedgerRules = {
  genesisChanges,
  validatorSetIn,
  parametersIn,
  institutionOf,
  execute: executeTransaction,
}
