import { setTimeout as delay } from 'node:timers/promises'
import {
  base32FromBytes,
  bytesFromBase32,
  bytesFromHex,
  type Committed,
  decodeTransaction,
  equalBytes,
  TRANSACTION_SIZE_BYTES_MAX,
  transactionIdOf,
  verifyTransactionInclusion,
} from '@medchain/core'
import { CommandError } from '../command-error.ts'
import { accuse } from './accuse.ts'
import type { TransactionOutcome } from './api-types.ts'
import { believeHead, disprove, fromBase64, type HeadText, type Proving } from './trusted-heads.ts'

interface InclusionAnswer extends HeadText {
  readonly transaction: string
  readonly index: number
  readonly size: number
  readonly path: readonly string[]
}

const TRANSACTION = 'a transaction'

const pathOf = async (client: Proving, path: readonly string[]): Promise<readonly Uint8Array[]> =>
  Promise.all(
    path.map((text) => {
      const hash = bytesFromHex(text)
      return hash.ok ? hash.value : disprove(client, TRANSACTION)
    }),
  )

const TRIES = 40
const PAUSE_MS = 250

/** Another institution's node may have committed what the serving one is about to. */
const askForProof = async (client: Proving, txId: Uint8Array): Promise<InclusionAnswer> => {
  for (let tries = TRIES; ; tries--) {
    try {
      return await client.get<InclusionAnswer>(`/v1/transactions/${base32FromBytes(txId)}/proof`)
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== 'tx.not-found' || tries <= 0) throw error
      await delay(PAUSE_MS)
    }
  }
}

/** Height of the block in which the transaction stands, as a quorum decided it. `proof.false` otherwise. */
export const provenHeight = async (client: Proving, txId: Uint8Array): Promise<number> => {
  const answer = await askForProof(client, txId)
  const transaction = fromBase64(answer.transaction)
  const header = await believeHead(client, TRANSACTION, answer)
  const inclusion = { ...answer, transaction, path: await pathOf(client, answer.path) }
  const isIt =
    transaction.length <= TRANSACTION_SIZE_BYTES_MAX &&
    decodeTransaction(transaction).ok &&
    equalBytes(transactionIdOf(transaction), txId)
  return isIt && verifyTransactionInclusion(header, inclusion) ? header.height : disprove(client, TRANSACTION)
}

/** The outcome that the node tells, with the height proven; of a transaction that nobody waited for as it is. */
export const proveOutcome = async (
  client: Proving,
  outcome: TransactionOutcome,
  txId: Uint8Array,
): Promise<TransactionOutcome> => {
  const told = bytesFromBase32(outcome.txId)
  if (!told.ok || !equalBytes(told.value, txId))
    return accuse(client, 'proof.false', 'answers with another transaction than it was given.')
  const { height } = outcome
  if (height !== null) await proveCommitted(client, { txId, height })
  return outcome
}

/** The same for what a private request committed: a transaction that the client may not have the bytes of. */
export const proveCommitted = async <T extends Committed>(client: Proving, committed: T): Promise<T> => {
  if (client.isTrusting) return committed
  const { txId, height } = committed
  const proven = await provenHeight(client, txId)
  return proven === height
    ? committed
    : accuse(client, 'proof.false', `tells height ${height} of a transaction that stands at ${proven}.`)
}
