import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import {
  ERASED_RECORD_ID,
  equalBytes,
  importBatch,
  importChunk,
  importKnown,
  ok,
  type Result,
} from '@medchain/core'
import { delay } from '../clock.ts'
import type { Destroyer } from '../erasure/due-erasures.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating, type Repeating } from '../requests/repeating.ts'
import type { VaultMessage } from '../requests/vault-messages.ts'
import { isStaffOf } from './anchoring.ts'
import { refuseCustody } from './codes.ts'
import { openDuplicateIndex } from './duplicate-index.ts'
import { eraseRecordsWith } from './erase-records.ts'
import { createHandOver } from './hand-over.ts'
import { createHealer } from './healing/healer.ts'
import { createHolder } from './holder.ts'
import { createImportHandler } from './import.ts'
import { createImportOutbox } from './import-outbox.ts'
import { createOutboxFolder } from './outbox-folder.ts'
import { countPieces, createStoredRecords, type StoredRecords } from './stored-batch.ts'
import { createUnanchoredBatches } from './unanchored.ts'
import { createUploads } from './uploads.ts'

const OUTBOX_FIRST_MS = 1000
const OUTBOX_LONGEST_MS = 60_000
const SWEEP_MS = 60_000
/** Fifteen seconds in all: less than a client waits for an answer. */
const SETTLING_LOOKS = 60
const SETTLING_LOOK_MS = 250

export interface Custody {
  readonly records: StoredRecords
  /** This room's part of an erasure. */
  readonly erase: Destroyer
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  /** Offers what is held here to holders that lack it; answers how many sides still lack. */
  readonly heal: () => Promise<number>
  /** Tries the outbox at once; answers how many batches still wait. */
  readonly retry: () => Promise<number>
  /** Drops unanchored batches and stale uploads; answers how many batches it dropped. */
  readonly sweep: () => Promise<number>
}

const receipt = (result: Result<void>): Result<VaultMessage> => (result.ok ? ok({ type: 'receipt' }) : result)

/** Imports at the author's node and keeping at the holders'; `folder` is this room's own. */
export const createCustody = async (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  dispatcher: Dispatcher,
  folder: string,
): Promise<Custody> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { chain, self, clock, logger } = ports
  const uploads = await createUploads(path.join(folder, 'uploads'), clock, (name) => outbox.needsUpload(name))
  const duplicates = await openDuplicateIndex(path.join(folder, 'imported.log'), self.importSecret)
  const unanchored = createUnanchoredBatches(ports)
  const holder = createHolder(ports, unanchored)
  const handOver = createHandOver(ports, exchange, holder, uploads)
  const outboxFolder = await createOutboxFolder(path.join(folder, 'outbox'))
  const outbox = createImportOutbox({
    chain,
    self,
    logger,
    folder: outboxFolder,
    uploads,
    duplicates,
    handOver,
  })
  const runImport = createImportHandler(ports, outbox, uploads, (digest) => {
    const recordId = duplicates.recordIdOf(digest)
    return recordId !== undefined && equalBytes(recordId, ERASED_RECORD_ID)
  })
  const records = createStoredRecords(ports.vault)

  const healer = createHealer(ports, exchange, records)
  const sweep = async (): Promise<number> => {
    await uploads.sweep()
    return unanchored.sweep()
  }
  const retrying = createRepeating(
    ports,
    'the import outbox',
    OUTBOX_FIRST_MS,
    OUTBOX_LONGEST_MS,
    async () => (await outbox.retry()) > 0,
  )
  const sweeping = createRepeating(
    ports,
    'sweeping the vault',
    SWEEP_MS,
    SWEEP_MS,
    async () => (await sweep()) >= 0,
  )
  const repeating: readonly Repeating[] = [retrying, sweeping]

  exchange.on('store-ciphertexts', async (from, message) =>
    receipt(await holder.storeCiphertexts(from, message)),
  )
  exchange.on('store-piece', async (from, message) => receipt(await holder.storePiece(from, message)))
  exchange.on('count-pieces', async (_from, { recordId }) =>
    ok({ type: 'pieces', count: countPieces(ports.vault, recordId) }),
  )
  exchange.on('store-releases', async (from, message) => receipt(await holder.storeReleases(from, message)))

  const isStaff = (actor: Uint8Array): boolean => isStaffOf(chain.head().view, actor, self.id, 'write')
  /** Waits for batches with these items that are on their way, those of an earlier process too: none comes in twice. */
  const areSettled = async (digests: readonly Uint8Array[]): Promise<boolean> => {
    await outbox.load()
    if (digests.some(outbox.isWaiting)) retrying.nudge()
    for (let left = SETTLING_LOOKS; left > 0 && digests.some(outbox.isWaiting); left--)
      await delay(clock, SETTLING_LOOK_MS)
    return !digests.some(outbox.isWaiting)
  }
  dispatcher.handle(importKnown, async ({ digests }, { actor }) => {
    if (!isStaff(actor)) return refuseCustody('import.author')
    return (await areSettled(digests))
      ? ok(digests.map(duplicates.recordIdOf))
      : refuseCustody('import.waiting')
  })
  dispatcher.handle(importChunk, async ({ uploadId, offset, bytes }, { actor }) => {
    if (!isStaff(actor)) return refuseCustody('import.author')
    const size = await uploads.append(uploadId, offset, bytes)
    return size.ok ? ok({ sizeBytes: size.value }) : size
  })
  dispatcher.handle(importBatch, (batch, { actor }) => runImport(batch, actor))

  return {
    records,
    erase: eraseRecordsWith({ vault: ports.vault, outbox, duplicates, records }),
    async start() {
      await unanchored.load()
      for (const each of repeating) each.start()
      healer.start()
    },
    async close() {
      await healer.close()
      for (const each of repeating) await each.close()
      await duplicates.close()
    },
    heal: healer.run,
    retry: outbox.retry,
    sweep,
  }
}
