import type { Result, Schema } from '../encoding/index.ts'
import type { NetworkParameters } from '../ledger/genesis.ts'
import type { ReadView, WriteView } from '../state/view.ts'

/** What is the same for every transaction of a block. */
export interface BlockContext {
  readonly networkId: Uint8Array
  readonly height: number
  /** Block time in milliseconds since 1970: the only clock a rule may read. */
  readonly timeMs: number
  readonly parameters: NetworkParameters
}

export interface TransactionContext extends BlockContext {
  readonly txId: Uint8Array
  readonly sender: Uint8Array
  /** Accounts whose signatures were checked, the sender among them. */
  readonly signers: readonly Uint8Array[]
}

/** What a transaction made known; the node's index and its event stream follow these. */
export interface ContractEvent {
  readonly kind: string
  /** Accounts, charts or grants that the event is about. */
  readonly subjects: readonly Uint8Array[]
}

/** A key that comes into force through the very transaction it signs. */
export interface NewSigner {
  readonly accountId: Uint8Array
  readonly signingKey: Uint8Array
}

/** A signature that a payload presents, by somebody who did not sign the transaction. */
export interface Statement {
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** The rules of one kind of transaction over what was read of its payload. */
export interface KindRules<T> {
  readonly kind: string
  readonly newSigners?: (payload: T) => readonly NewSigner[]
  /** What is to be verified before `apply`: a contract has no verifier, so that sync can trust a quorum's. */
  readonly statements?: (
    view: ReadView,
    payload: T,
    context: TransactionContext,
  ) => Result<readonly Statement[]>
  /** Writes its effect, or refuses with a code and leaves the caller to drop the writes. */
  readonly apply: (
    view: WriteView,
    payload: T,
    context: TransactionContext,
  ) => Result<readonly ContractEvent[]>
}

/** One kind of transaction: shape of the payload and its pure effect. */
export interface TransactionKind<T> extends KindRules<T> {
  readonly payload: Schema<T>
}

/** A kind whose rules need something else of the payload than its value. */
export interface ReadKind<T, R> extends KindRules<R> {
  readonly payload: Schema<T>
  /** Refuses whatever the schema refuses. */
  readonly read: (payload: Uint8Array) => Result<R>
}

/** What one transaction does: its payload, decoded, under the rules of its kind. */
export interface Operation {
  readonly newSigners: readonly NewSigner[]
  readonly statements: (view: ReadView, context: TransactionContext) => Result<readonly Statement[]>
  readonly apply: (view: WriteView, context: TransactionContext) => Result<readonly ContractEvent[]>
}
