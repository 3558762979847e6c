import type { BlockContext } from '../contracts/contract.ts'
import { executeTransaction, type PendingTransaction, type TransactionOutcome } from '../contracts/execute.ts'
import { beginBlock } from '../contracts/governance/begin-block.ts'
import { genesisChanges, parametersIn, validatorSetIn } from '../contracts/governance/genesis.ts'
import { protocolIn, protocolVersionIn } from '../contracts/governance/read.ts'
import { type BlockBeginning, skippedIn } from '../contracts/governance/skip-table.ts'
import type { ProtocolState } from '../contracts/governance/tables.ts'
import { accounts, charts } from '../contracts/identity/tables.ts'
import { recoveries } from '../contracts/recovery/tables.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import type { Result } from '../encoding/index.ts'
import { isInstitutionRole } from '../identity/roles.ts'
import type { Genesis, NetworkParameters } from '../ledger/genesis.ts'
import type { ChangeSet, ReadView, StateReader, WriteView } from '../state/view.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'

/** What the state means: the one place where the replica touches the contracts. */
export interface LedgerRules {
  /** Protocol versions that these rules know (consensus Q60). */
  readonly supportedVersions: readonly number[]
  /** State entries that the transactions of a block of several write, those that two of them write counted twice (consensus Q80). */
  readonly blockWritesMax: number
  readonly genesisChanges: (genesis: Genesis) => ChangeSet
  /** The set that decides the block after the state read here. */
  readonly validatorSetIn: (view: ReadView) => ValidatorSet
  readonly parametersIn: (view: ReadView) => NetworkParameters
  /** Indices of the validators that are passed over above a block of that time. */
  readonly skippedIn: (view: ReadView, timeMs: number) => ReadonlySet<number>
  readonly protocolIn: (view: ReadView) => ProtocolState
  /** Protocol version of the block at `height`, by the state below it. */
  readonly protocolVersionIn: (view: ReadView, height: number) => number
  /** What a block does before its first transaction. */
  readonly beginBlock: (view: WriteView, block: BlockBeginning) => void
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
  return (view.get(charts, sender) ?? view.get(recoveries, sender))?.sponsor ?? sender
}

export const NETWORK_RULES: LedgerRules = {
  supportedVersions: [1],
  // The largest transaction writes 2,001; judging so many takes about a tenth of a second (measured).
  blockWritesMax: 8192,
  genesisChanges,
  validatorSetIn,
  parametersIn,
  skippedIn,
  protocolIn,
  protocolVersionIn,
  beginBlock,
  institutionOf,
  execute: executeTransaction,
}
