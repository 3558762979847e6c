import {
  batches,
  type Committed,
  equalBytes,
  hexFromBytes,
  type ImportBatch,
  ok,
  type Result,
  validateDispute,
} from '@medchain/core'
import { isUncertain } from '../requests/codes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createTurns } from '../requests/turns.ts'
import { anchoringFromBytes, isStaffOf } from './anchoring.ts'
import { type CheckedImport, checkImport } from './check-import.ts'
import { refuseCustody } from './codes.ts'
import type { Deliveries } from './deliveries.ts'
import { committedBatch, type ImportOutbox } from './import-outbox.ts'
import type { Uploads } from './uploads.ts'

/** Batches of up to 20 MB that are held in memory at one time. */
const IMPORTS_ACTIVE_MAX = 2
const IMPORTS_WAITING_MAX = 8
/** Disputes wait among themselves: whoever has a chart brings them through any node, and keeps no staff from importing. */
const DISPUTES_ACTIVE_MAX = 1
const DISPUTES_WAITING_MAX = 4
/** Of a ciphertext: 64 KiB of text, as JSON at worst, and its padding. */
const DISPUTE_BYTES_MAX = 512 * 1024

/** Takes a batch from its author: answers once the chain and one holder of each side have it. */
export type ImportHandler = (batch: ImportBatch, actor: Uint8Array) => Promise<Result<Committed>>

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'logger'>

/** Batches are brought by staff of this institution; a dispute by whoever may dispute, through any node. Ok with which it is. */
const mayBring = (
  { chain, self }: Ports,
  { transaction, uploadId, ciphertexts }: ImportBatch,
  actor: Uint8Array,
): Result<'batch' | 'dispute'> => {
  const { view, timeMs } = chain.head()
  const anchoring = anchoringFromBytes(transaction)
  if (!anchoring.ok) return anchoring
  const { disputing } = anchoring.value
  if (!disputing)
    return isStaffOf(view, actor, self.id, 'write') ? ok('batch') : refuseCustody('import.author')
  if (uploadId || ciphertexts.some(({ length }) => length > DISPUTE_BYTES_MAX))
    return refuseCustody('import.shape', 'a dispute is a text of 64 KiB at most')
  if (view.get(batches, disputing.batchId)) return ok('dispute')
  const valid = validateDispute(view, disputing, { sender: actor, timeMs })
  return valid.ok ? ok('dispute') : valid
}

/** `isTombstone` says of a digest whether its item was imported before and then erased. */
export const createImportHandler = (
  ports: Ports,
  outbox: ImportOutbox,
  uploads: Uploads,
  isTombstone: (digest: Uint8Array) => boolean,
): ImportHandler => {
  const turns = {
    batch: createTurns(IMPORTS_ACTIVE_MAX, IMPORTS_WAITING_MAX),
    dispute: createTurns(DISPUTES_ACTIVE_MAX, DISPUTES_WAITING_MAX),
  }

  const commit = async (checked: CheckedImport, deliveries: Deliveries): Promise<Result<Committed>> => {
    const { batch } = checked
    if (!(await deliveries.enough)) {
      await outbox.drop(batch, 'keep')
      return refuseCustody('import.holders')
    }
    const committed = await ports.chain.submit(batch.transaction)
    // After an uncertain end the outbox finds out.
    if (!committed.ok && !isUncertain(committed.code)) await outbox.drop(batch)
    // Noted before the answer, so that a second import of the same items finds them.
    if (committed.ok) await outbox.settle(checked, 1)
    return committed
  }

  /** Waits for the other holders, after the answer; what is still missing then is the outbox's. */
  const finish = async (
    checked: CheckedImport,
    deliveries: Deliveries,
    isCommitted: boolean,
  ): Promise<void> => {
    try {
      const missing = await deliveries.missing
      if (isCommitted) await outbox.settle(checked, missing)
    } catch (error) {
      ports.logger.warn({ reason: String(error) }, 'an import could not be settled; the outbox tries again')
    } finally {
      outbox.release(checked.batch)
    }
  }

  const run = async (checked: CheckedImport, leave: () => void): Promise<Result<Committed>> => {
    const deliveries = outbox.deliver(checked)
    let isCommitted = false
    try {
      const committed = await commit(checked, deliveries)
      isCommitted = committed.ok
      return committed
    } finally {
      void finish(checked, deliveries, isCommitted).then(leave)
    }
  }

  /** Batches on their way: who sends one again, after a silence, waits for the same outcome. */
  const running = new Map<string, Promise<Result<Committed>>>()

  const take: ImportHandler = async (given, actor) => {
    const permitted = mayBring(ports, given, actor)
    if (!permitted.ok) return permitted
    const leave = await turns[permitted.value].enter()
    if (leave === undefined) return refuseCustody('import.busy')
    let isHandedOn = false
    try {
      const checked = await checkImport(given, ports, uploads)
      if (!checked.ok) return checked
      const { pending } = checked.value
      if (!equalBytes(pending.transaction.body.sender, actor)) return refuseCustody('import.author')
      const known = committedBatch(ports, checked.value)
      if (known) return ok({ txId: pending.txId, height: known.height })
      if (checked.value.batch.digests.some(isTombstone)) return refuseCustody('import.erased')
      await outbox.put(checked.value.batch)
      const isInLine = given.uploadId !== undefined && checked.value.batch.uploadId === undefined
      if (isInLine) await uploads.remove(given.uploadId)
      isHandedOn = true
      return await run(checked.value, leave)
    } finally {
      if (!isHandedOn) leave()
    }
  }
  return async (given, actor) => {
    const name = `${hexFromBytes(actor)} ${hexFromBytes(given.batchId)}`
    const earlier = await running.get(name)
    if (earlier?.ok) return earlier
    const taken = take(given, actor)
    running.set(name, taken)
    try {
      return await taken
    } finally {
      if (running.get(name) === taken) running.delete(name)
    }
  }
}
