import {
  type Anchoring,
  anchoringSchema,
  anchorRecords,
  type BatchTarget,
  batchIdOf,
  type Committed,
  hashTagged,
  holdersOf,
  type ImportBatch,
  importBatch,
  type ReleaseHolder,
  recordIdOf,
  sealBatch,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { proveCommitted } from '../client/proven-transaction.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import type { ImportItem } from './import-item.ts'
import type { ImportAuthor, TargetChart } from './import-target.ts'
import type { SealedContents } from './sealed-contents.ts'
import { sealLargeItem } from './send-large.ts'
import { type JournalPlace, openUploadJournal, type UploadJournal } from './upload-journal.ts'

const COMMIT_TIMEOUT_MS = 120_000
/** So often a large record is asked after, two minutes each. */
const SILENCES_MAX = 30
/** Refusals that pass by themselves. */
const KEPT_CODES: readonly string[] = ['import.busy', 'import.holders', 'tx.expired']
const BATCH_NONCE_BYTES = 16

export interface SendPlace {
  readonly client: NodeClient
  readonly author: ImportAuthor
  readonly networkId: Uint8Array
  readonly now: () => number
  /** Where uploads are noted, so that they go on after an interruption. */
  readonly journal: JournalPlace
  readonly isInterrupted: () => boolean
}

/** A batch as it was anchored. */
export interface SentBatch extends Committed {
  readonly recordIds: readonly Uint8Array[]
}

const targetOf = (
  { author, networkId }: SendPlace,
  chart: TargetChart,
  nonce = nodeCiphers.randomBytes(BATCH_NONCE_BYTES),
): BatchTarget & { batchId: Uint8Array; nonce: Uint8Array } => {
  const batchId = batchIdOf(chart.chart, author.actor.id, nonce)
  const { release } = holdersOf(
    batchId,
    author.members.map(({ institution }) => institution),
    author.institution.institution,
  )
  const releaseHolders = release.map((id) => author.members.find((member) => member.institution === id))
  return {
    networkId,
    chart: chart.chart,
    epoch: chart.epoch,
    epochPublicKey: chart.epochKey,
    author: author.institution,
    releaseHolders: releaseHolders as readonly ReleaseHolder[],
    batchId,
    nonce,
  }
}

let sealing: Promise<unknown> = Promise.resolve()

/** One batch after the other: the first is on its way while the next one is sealed. */
const inTurn = <T>(seal: () => Promise<T>): Promise<T> => {
  const sealed = sealing.then(seal)
  sealing = sealed.catch(() => undefined)
  return sealed
}

const sealInMemory = async (target: BatchTarget, items: readonly ImportItem[]): Promise<SealedContents> => {
  const records = items.map(({ content, description }) => ({
    ...description,
    bytes: content.type === 'bytes' ? content.bytes : new Uint8Array(0),
  }))
  const sealed = valueOrFail(await sealBatch({ ...target, records }, nodeCiphers))
  return {
    items: sealed.items,
    ciphertexts: sealed.items.map(({ ciphertext }) => ciphertext),
    releases: sealed.releases,
    uploadId: undefined,
  }
}

const anchorTransaction = ({ author, networkId, now }: SendPlace, payload: Anchoring): Uint8Array =>
  signTransaction(
    createTransactionBody({
      networkId,
      sender: author.actor.id,
      kind: anchorRecords.kind,
      schema: anchoringSchema,
      payload,
      timeMs: now(),
    }),
    [author.actor],
  )

const batchOf = (
  place: SendPlace,
  { chart, epoch }: TargetChart,
  { batchId, nonce }: { readonly batchId: Uint8Array; readonly nonce: Uint8Array },
  items: readonly ImportItem[],
  sealed: SealedContents,
): ImportBatch => ({
  batchId,
  chart,
  envelopes: sealed.items.map(({ envelope }) => envelope),
  ciphertexts: sealed.ciphertexts,
  uploadId: sealed.uploadId,
  releases: sealed.releases,
  digests: items.map(({ digest }) => digest),
  transaction: anchorTransaction(place, {
    chart,
    batchId,
    nonce,
    epoch,
    anchors: sealed.items.map(({ commitment, ciphertextDigest, envelopeDigest }) => ({
      commitment,
      ciphertextDigest,
      envelopeDigest,
    })),
  }),
})

const send = async ({ client, author }: SendPlace, batch: ImportBatch): Promise<Committed> => {
  const committed = await client.call(importBatch, batch, author.actor, {
    node: author.institution.institution,
    timeoutMs: COMMIT_TIMEOUT_MS,
  })
  await proveCommitted(client, committed)
  return committed
}

const recordIdsIn = ({ batchId, digests }: ImportBatch): readonly Uint8Array[] =>
  digests.map((_, position) => recordIdOf(batchId, position))

/** Seals records of one chart, anchors them and stores them with their holders; waits for the commit. */
export const sealAndSend = async (
  place: SendPlace,
  chart: TargetChart,
  items: readonly ImportItem[],
): Promise<SentBatch> => {
  const target = targetOf(place, chart)
  const batch = batchOf(place, chart, target, items, await inTurn(() => sealInMemory(target, items)))
  return { ...(await send(place, batch)), recordIds: recordIdsIn(batch) }
}

const isSilence = (error: unknown): boolean =>
  error instanceof CommandError && /^node\.(timeout|unreachable)$/.test(error.code)

/** Handing a large record to its holders takes long: the node goes on while nobody waits, and is asked again. */
const sendPatiently = async (place: SendPlace, batch: ImportBatch): Promise<Committed> => {
  for (let tries = 1; ; tries++) {
    try {
      return await send(place, batch)
    } catch (error) {
      const code = error instanceof CommandError ? error.code : ''
      if (code !== 'node.timeout' || tries === SILENCES_MAX) throw error
    }
  }
}

/** The import that an earlier run had ready; undefined where it can take no effect any more and is made anew. */
const finishNoted = async (place: SendPlace, journal: UploadJournal): Promise<SentBatch | undefined> => {
  const { batch } = journal
  if (batch === undefined) return undefined
  try {
    return { ...(await sendPatiently(place, batch)), recordIds: recordIdsIn(batch) }
  } catch (error) {
    if (!(error instanceof CommandError) || isSilence(error)) throw error
    await journal.dropBatch()
    return undefined
  }
}

/** Seals one large record, uploads it piece by piece and anchors it; an interrupted one goes on where it stopped. */
export const sendLarge = async (
  place: SendPlace,
  chart: TargetChart,
  item: ImportItem,
): Promise<SentBatch> => {
  const name = hashTagged('medchain/upload-journal/1', chart.chart, place.networkId, item.digest)
  const journal = await openUploadJournal(place.journal, name, place.now())
  const finished = await finishNoted(place, journal)
  const { start } = journal
  const isSame = start !== undefined && start.epoch === chart.epoch
  if (start !== undefined && !isSame) await journal.remove()
  const sent =
    finished ?? (await uploadAndSend(place, chart, item, isSame ? journal : { ...journal, ...NOTHING }))
  await journal.remove()
  return sent
}

const NOTHING = { start: undefined, pieces: [], batch: undefined }

const uploadAndSend = async (
  place: SendPlace,
  chart: TargetChart,
  item: ImportItem,
  journal: UploadJournal,
): Promise<SentBatch> => {
  const { client, author, isInterrupted } = place
  const target = targetOf(place, chart, journal.start?.nonce)
  const sealed = await sealLargeItem(client, author, { target, journal, isInterrupted }, item)
  const batch = batchOf(place, chart, target, [item], sealed)
  await journal.noteBatch(batch)
  try {
    return { ...(await sendPatiently(place, batch)), recordIds: recordIdsIn(batch) }
  } catch (error) {
    // The node says that these bytes will not do: the next run begins anew.
    const isOver = error instanceof CommandError && /^(import|records|tx)\./.test(error.code)
    if (isOver && !KEPT_CODES.includes((error as CommandError).code)) await journal.remove()
    throw error
  }
}
