import {
  type Anchoring,
  anchoringSchema,
  anchorRecords,
  type BatchTarget,
  batchIdOf,
  type Committed,
  holdersOf,
  type ImportBatch,
  importBatch,
  type ReleaseHolder,
  sealBatch,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { proveCommitted } from '../client/proven-transaction.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import { valueOrFail } from '../command-error.ts'
import type { ImportItem } from './import-item.ts'
import type { ImportAuthor, TargetChart } from './import-target.ts'
import type { SealedContents } from './sealed-contents.ts'
import { sealLargeItem } from './send-large.ts'

const COMMIT_TIMEOUT_MS = 120_000
const BATCH_NONCE_BYTES = 16

export interface SendPlace {
  readonly client: NodeClient
  readonly author: ImportAuthor
  readonly networkId: Uint8Array
  readonly now: () => number
}

/** A batch as it was anchored. */
export interface SentBatch extends Committed {
  readonly recordIds: readonly Uint8Array[]
}

const targetOf = (
  { author, networkId }: SendPlace,
  chart: TargetChart,
): BatchTarget & { batchId: Uint8Array; nonce: Uint8Array } => {
  const nonce = nodeCiphers.randomBytes(BATCH_NONCE_BYTES)
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

/** Seals records of one chart, anchors them and stores them with their holders; waits for the commit. */
export const sealAndSend = async (
  place: SendPlace,
  chart: TargetChart,
  items: readonly ImportItem[],
  isLarge: boolean,
): Promise<SentBatch> => {
  const { client, author } = place
  const target = targetOf(place, chart)
  const { batchId, nonce } = target
  const [first] = items
  const sealed =
    isLarge && first ? await sealLargeItem(client, author, target, first) : await sealInMemory(target, items)
  const anchors = sealed.items.map(({ commitment, ciphertextDigest, envelopeDigest }) => ({
    commitment,
    ciphertextDigest,
    envelopeDigest,
  }))
  const batch: ImportBatch = {
    batchId,
    chart: chart.chart,
    envelopes: sealed.items.map(({ envelope }) => envelope),
    ciphertexts: sealed.ciphertexts,
    uploadId: sealed.uploadId,
    releases: sealed.releases,
    digests: items.map(({ digest }) => digest),
    transaction: anchorTransaction(place, {
      chart: chart.chart,
      batchId,
      nonce,
      epoch: chart.epoch,
      anchors,
    }),
  }
  const committed = await client.call(importBatch, batch, author.actor, {
    node: author.institution.institution,
    timeoutMs: COMMIT_TIMEOUT_MS,
  })
  await proveCommitted(client, committed)
  return { ...committed, recordIds: sealed.items.map(({ recordId }) => recordId) }
}
