import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, nameFromBytes, ok, type Result, refuse } from '../encoding/index.ts'
import {
  decodeTransaction,
  EXPIRY_AHEAD_MS_MAX,
  type Transaction,
  transactionIdOf,
  transactionMessage,
  wireHash,
} from '../ledger/transaction.ts'
import { type ChangeSet, createOverlay, type ReadView, type StateReader } from '../state/view.ts'
import type { BlockContext, ContractEvent, NewSigner, Operation } from './contract.ts'
import { operationFrom, signingKeyOf } from './registry.ts'

export interface ProvenSignatures {
  by: SignatureVerifier | undefined
  readonly keys: (Uint8Array | undefined)[]
}

/** A decoded transaction with the two names it goes by. */
export interface PendingTransaction {
  readonly bytes: Uint8Array
  readonly transaction: Transaction
  readonly txId: Uint8Array
  readonly wireHash: Uint8Array
  /** Of the transaction id, the wire hash and the sender (`nameFromBytes`): what maps know them by. */
  readonly names: { readonly txId: string; readonly wireHash: string; readonly sender: string }
  /** The keys that its signatures were found true under, in their order, and who found it. */
  readonly proven: ProvenSignatures
  /** `operationFrom` its kind and payload, decoded when it is first asked for. */
  readonly operation: () => Result<Operation>
}

export interface TransactionOutcome {
  readonly changes: ChangeSet
  readonly events: readonly ContractEvent[]
}

/** `hash` is the wire hash of the bytes. */
export const pendingFromHashed = (bytes: Uint8Array, hash: Uint8Array): Result<PendingTransaction> => {
  const decoded = decodeTransaction(bytes)
  if (!decoded.ok) return decoded
  const { kind, payload, sender } = decoded.value.body
  const txId = transactionIdOf(bytes)
  let known: Result<Operation> | undefined
  return ok({
    bytes,
    transaction: decoded.value,
    txId,
    wireHash: hash,
    names: { txId: nameFromBytes(txId), wireHash: nameFromBytes(hash), sender: nameFromBytes(sender) },
    proven: { by: undefined, keys: [] },
    operation: () => {
      known ??= operationFrom(kind, payload)
      return known
    },
  })
}

export const pendingFromBytes = (bytes: Uint8Array): Result<PendingTransaction> =>
  pendingFromHashed(bytes, wireHash(bytes))

const keyFor = (
  view: ReadView,
  accountId: Uint8Array,
  newcomers: readonly NewSigner[],
): Result<Uint8Array> => {
  const newcomer = newcomers.find((candidate) => equalBytes(candidate.accountId, accountId))
  return newcomer ? ok(newcomer.signingKey) : signingKeyOf(view, accountId)
}

/** Whether the key made the signature at `index`; what `verifier` found true once it is not asked for again. */
const isSignedBy = (
  { transaction, proven }: PendingTransaction,
  index: number,
  key: Uint8Array,
  message: () => Uint8Array,
  verifier: SignatureVerifier,
): boolean => {
  const known = proven.by === verifier ? proven.keys[index] : undefined
  if (known !== undefined && equalBytes(known, key)) return true
  const signature = transaction.signatures[index]?.signature
  const { verify, verifyOnce = verify } = verifier
  if (signature === undefined || !verifyOnce(key, message(), signature)) return false
  if (proven.by !== verifier) proven.keys.length = 0
  proven.by = verifier
  proven.keys[index] = key
  return true
}

/**
 * Whether every signer's key, as the state has it, signed the transaction. Nobody signs but the sender and
 * the accounts that the kind brings in: a further name would link what K1 keeps apart. The answer depends on the state:
 * keys rotate, accounts are suspended.
 */
export const validateSignatures = (
  pending: PendingTransaction,
  view: ReadView,
  verifier: SignatureVerifier,
): Result<readonly Uint8Array[]> => {
  const { body, signatures } = pending.transaction
  const operation = pending.operation()
  if (!operation.ok) return operation
  const { newSigners } = operation.value
  const message = (): Uint8Array => transactionMessage(pending.txId)
  for (const [index, { signer }] of signatures.entries()) {
    const hasPart =
      equalBytes(signer, body.sender) || newSigners.some(({ accountId }) => equalBytes(accountId, signer))
    if (!hasPart) return refuse('tx.needless-signer', 'Only the sender and accounts it brings in sign.')
    const key = keyFor(view, signer, newSigners)
    if (!key.ok) return key
    if (!isSignedBy(pending, index, key.value, message, verifier))
      return refuse('tx.bad-signature', 'A signature is false.')
  }
  const signers = signatures.map((entry) => entry.signer)
  return signers.some((signer) => equalBytes(signer, body.sender))
    ? ok(signers)
    : refuse('tx.sender-unsigned', 'The sender did not sign the transaction.')
}

/**
 * The one rule of admission: whether the transaction may stand in a block built on `reader` at `context`,
 * and what it then changes. Repetition is the caller's to check (the window of recent ids).
 */
export const executeTransaction = (
  pending: PendingTransaction,
  reader: StateReader,
  context: BlockContext,
  verifier: SignatureVerifier,
): Result<TransactionOutcome> => {
  const { body } = pending.transaction
  if (!equalBytes(body.networkId, context.networkId)) {
    return refuse('tx.other-network', 'The transaction is for another network.')
  }
  if (body.expiryMs <= context.timeMs) return refuse('tx.expired', 'The transaction has expired.')
  if (body.expiryMs > context.timeMs + EXPIRY_AHEAD_MS_MAX) {
    return refuse('tx.expiry-too-far', 'The transaction expires more than ten minutes ahead.')
  }
  const overlay = createOverlay(reader)
  const signers = validateSignatures(pending, overlay.view, verifier)
  if (!signers.ok) return signers
  const operation = pending.operation()
  if (!operation.ok) return operation
  const inBlock = { ...context, txId: pending.txId, sender: body.sender, signers: signers.value }
  const statements = operation.value.statements(overlay.view, inBlock)
  if (!statements.ok) return statements
  if (!statements.value.every((each) => verifier.verify(each.publicKey, each.message, each.signature))) {
    return refuse('tx.bad-statement', 'A signature that the transaction presents is false.')
  }
  const events = operation.value.apply(overlay.view, inBlock)
  return events.ok ? ok({ changes: overlay.changes, events: events.value }) : events
}
