import {
  anchorsRootOf,
  type Batch,
  batches,
  decode,
  encode,
  equalBytes,
  type ImportBatch,
  importBatch,
  nameFromBytes,
  recordIdOf,
} from '@medchain/core'
import type { PrivacyPorts } from '../requests/ports.ts'
import { type CheckedImport, checkImport } from './check-import.ts'
import { type Deliveries, startDeliveries } from './deliveries.ts'
import type { DuplicateIndex } from './duplicate-index.ts'
import { deliveriesOf, deliveryName, type HandOver } from './hand-over.ts'
import type { OutboxFolder } from './outbox-folder.ts'
import type { Uploads } from './uploads.ts'

const BATCH_BYTES_MAX = 25 * 1024 * 1024

const recordIdsOf = ({ batchId, digests }: ImportBatch): Uint8Array[] =>
  digests.map((_, position) => recordIdOf(batchId, position))

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The batch as the chain has it, if it has this one. */
export const committedBatch = (
  { chain }: Pick<PrivacyPorts, 'chain'>,
  checked: CheckedImport,
): Batch | undefined => {
  const batch = chain.head().view.get(batches, checked.anchoring.batchId)
  return batch && equalBytes(batch.anchorsRoot, anchorsRootOf(checked.anchoring.anchors)) ? batch : undefined
}

/** Batches that are not yet with all their holders; each lies in a file until it is. */
export interface ImportOutbox {
  /** Makes the batch durable and keeps `retry` off it until `release`. */
  readonly put: (batch: ImportBatch) => Promise<void>
  readonly release: (batch: ImportBatch) => void
  /** Hands over to every holder that is not known to have it. */
  readonly deliver: (checked: CheckedImport) => Deliveries
  /** Notes a committed batch's items as imported, and forgets the entry when no delivery is missing. */
  readonly settle: (checked: CheckedImport, missing: number) => Promise<void>
  /** Forgets an entry that cannot take effect any more; its upload stays where the author will send it again. */
  readonly drop: (batch: ImportBatch, upload?: 'keep') => Promise<void>
  /** Forgets a committed batch of which a record is erased: its other records are healed to whoever lacks them. */
  readonly forget: (batchId: Uint8Array) => Promise<void>
  /** Tries everything that waits once more; answers how many entries still wait. */
  readonly retry: () => Promise<number>
  /** Resolves when `isWaiting` knows what an earlier process left; read once, nothing is tried for it. */
  readonly load: () => Promise<void>
  /** Whether an entry has the item of this digest that is not noted as imported yet: it may still come onto the chain. */
  readonly isWaiting: (digest: Uint8Array) => boolean
  /** Whether an entry needs the upload of that name. */
  readonly needsUpload: (name: string) => boolean
}

interface OutboxParts extends Pick<PrivacyPorts, 'chain' | 'self' | 'logger'> {
  readonly folder: OutboxFolder
  readonly uploads: Uploads
  readonly duplicates: DuplicateIndex
  readonly handOver: HandOver
}

export const createImportOutbox = (parts: OutboxParts): ImportOutbox => {
  const { chain, folder, uploads, duplicates, handOver, logger } = parts
  /** Deliveries known to be done, by batch; after a restart they are made again, which changes nothing. */
  const delivered = new Map<string, Set<string>>()
  const neededUploads = new Set<string>()
  const active = new Set<string>()
  const retrying = new Map<string, Promise<void>>()
  /** Digests of entries that are not noted yet. */
  const waiting = new Set<string>()

  const areNoted = ({ digests }: ImportBatch): boolean =>
    digests.every((digest) => duplicates.recordIdOf(digest) !== undefined)
  const expect = ({ digests }: ImportBatch): void => {
    for (const digest of digests) waiting.add(nameFromBytes(digest))
  }
  const expectNoMore = ({ digests }: ImportBatch): void => {
    for (const digest of digests) waiting.delete(nameFromBytes(digest))
  }

  const drop: ImportOutbox['drop'] = async (batch, upload) => {
    await folder.remove(batch.batchId)
    expectNoMore(batch)
    delivered.delete(hexOf(batch.batchId))
    if (batch.uploadId === undefined) return
    neededUploads.delete(hexOf(batch.uploadId))
    if (upload !== 'keep') await uploads.remove(batch.uploadId)
  }

  const deliver: ImportOutbox['deliver'] = (checked) => {
    const name = hexOf(checked.batch.batchId)
    const done = delivered.get(name) ?? new Set<string>()
    delivered.set(name, done)
    return startDeliveries(deliveriesOf(checked), done, async (delivery) => {
      const result = await handOver(checked, delivery)
      if (result.ok) done.add(deliveryName(delivery))
      else logger.info({ side: delivery.side, code: result.code }, 'a holder did not take a batch yet')
      return result.ok
    })
  }

  /** Of a committed batch. */
  const note = async (batch: ImportBatch): Promise<void> => {
    await duplicates.add(batch.digests, recordIdsOf(batch))
    expectNoMore(batch)
  }

  const settle: ImportOutbox['settle'] = async ({ batch }, missing) => {
    await note(batch)
    if (missing === 0) await drop(batch)
  }

  const tryAgain = async (id: Uint8Array): Promise<void> => {
    const bytes = await folder.get(id)
    if (bytes === undefined) return
    const batch = decode(importBatch.payload, bytes, BATCH_BYTES_MAX)
    if (!batch.ok) {
      logger.warn({ code: batch.code }, 'a waiting import cannot be read and is dropped')
      return folder.remove(id)
    }
    if (batch.value.uploadId) neededUploads.add(hexOf(batch.value.uploadId))
    if (!areNoted(batch.value)) expect(batch.value)
    const checked = await checkImport(batch.value, parts, uploads)
    if (!checked.ok) {
      const isCommitted = chain.head().view.get(batches, batch.value.batchId) !== undefined
      logger.warn({ code: checked.code, isCommitted }, 'a waiting import does not fit any more')
      return isCommitted ? note(batch.value) : drop(batch.value)
    }
    const isExpired = checked.value.pending.transaction.body.expiryMs <= chain.head().timeMs
    if (!committedBatch(parts, checked.value) && isExpired) return drop(batch.value)
    const deliveries = deliver(checked.value)
    const isEnough = await deliveries.enough
    if (isEnough && !committedBatch(parts, checked.value)) await chain.submit(batch.value.transaction)
    // Not as late as the slowest holder.
    if (committedBatch(parts, checked.value)) await note(checked.value.batch)
    const missing = await deliveries.missing
    if (committedBatch(parts, checked.value)) await settle(checked.value, missing)
  }

  /** Whoever comes while an entry is tried waits for the same outcome. */
  const retryOne = async (id: Uint8Array): Promise<void> => {
    const name = hexOf(id)
    if (active.has(name)) return
    const trying = retrying.get(name) ?? tryAgain(id).finally(() => retrying.delete(name))
    retrying.set(name, trying)
    await trying
  }

  const readAll = async (): Promise<void> => {
    for (const id of folder.list()) {
      const bytes = await folder.get(id)
      const batch = bytes && decode(importBatch.payload, bytes, BATCH_BYTES_MAX)
      // Nobody takes back what is said of an entry that went meanwhile.
      const isThere = folder.list().some((each) => equalBytes(each, id))
      if (batch?.ok && isThere && !areNoted(batch.value)) expect(batch.value)
    }
  }
  let reading: Promise<void> | undefined

  return {
    async put(batch) {
      if (batch.uploadId) neededUploads.add(hexOf(batch.uploadId))
      active.add(hexOf(batch.batchId))
      await folder.put(batch.batchId, encode(importBatch.payload, batch))
      expect(batch)
    },
    release: (batch) => void active.delete(hexOf(batch.batchId)),
    deliver,
    settle,
    drop,
    async forget(batchId) {
      const bytes = await folder.get(batchId)
      if (bytes === undefined) return
      const batch = decode(importBatch.payload, bytes, BATCH_BYTES_MAX)
      if (!batch.ok) return folder.remove(batchId)
      // A crash after the commit may have kept it from being noted; what is erased next leaves its mark there.
      await note(batch.value)
      await drop(batch.value)
    },
    async retry() {
      for (const id of folder.list()) await retryOne(id)
      return folder.list().length
    },
    load() {
      reading ??= readAll().catch((error: unknown) => {
        reading = undefined
        throw error
      })
      return reading
    },
    isWaiting: (digest) => waiting.has(nameFromBytes(digest)),
    needsUpload: (name) => neededUploads.has(name),
  }
}
