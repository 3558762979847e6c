import {
  type BatchTarget,
  batchIdOf,
  type Committed,
  communicationOfDispute,
  type Disputing,
  disputeRecord,
  headerFromResource,
  holdersOf,
  type ImportBatch,
  importBatch,
  instantFromMs,
  recordIdOf,
  type SealedBatch,
  sealBatch,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { findAccount } from '../client/accounts.ts'
import { proveCommitted } from '../client/proven-transaction.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import { fail, valueOrFail } from '../command-error.ts'
import { FHIR_JSON } from '../importing/import-item.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'
import type { ListedRecord } from '../reading/list-records.ts'
import type { ReadingPlace } from '../reading/read-candidates.ts'

const COMMIT_TIMEOUT_MS = 120_000

interface DisputeTarget extends BatchTarget {
  readonly batchId: Uint8Array
  readonly nonce: Uint8Array
}

/** Where what disputes a record goes: the record's own chart, epoch and author institution. */
const targetOf = async (
  { client, networkId, members, epochKeyOf }: ReadingPlace,
  { candidate: { chart, batch } }: ListedRecord,
): Promise<DisputeTarget> => {
  const [author, epochPublicKey] = await Promise.all([
    findAccount(client, batch.institution),
    epochKeyOf(chart.chart, batch.epoch),
  ])
  if (!author || !epochPublicKey)
    return fail('proof.false', 'The node does not prove who wrote the record, or for which key.')
  const nonce = nodeCiphers.randomBytes(16)
  const batchId = batchIdOf(chart.chart, chart.actor.id, nonce)
  const institution = idOfDid(batch.institution)
  const holders = members.map(({ did, sealingKey }) => ({
    institution: idOfDid(did),
    sealingKey: bytesOfHex(sealingKey),
  }))
  const { release } = holdersOf(
    batchId,
    holders.map((each) => each.institution),
    institution,
  )
  return {
    networkId,
    chart: chart.chart,
    epoch: batch.epoch,
    epochPublicKey,
    author: { institution, sealingKey: bytesOfHex(author.sealingKey) },
    releaseHolders: holders.filter((each) => release.includes(each.institution)),
    batchId,
    nonce,
  }
}

const batchFrom = (
  { networkId, now }: ReadingPlace,
  { candidate: { recordId, chart } }: ListedRecord,
  { epoch, batchId, nonce }: DisputeTarget,
  { items, releases }: SealedBatch,
): ImportBatch => {
  const payload: Disputing = {
    ...{ chart: chart.chart, batchId, nonce, epoch },
    anchors: items.map(({ commitment, ciphertextDigest, envelopeDigest }) => ({
      ...{ commitment, ciphertextDigest, envelopeDigest },
    })),
    disputed: recordId,
  }
  const body = createTransactionBody({
    ...{ networkId, sender: chart.actor.id, payload, timeMs: now() },
    ...{ kind: disputeRecord.kind, schema: disputeRecord.payload },
  })
  return {
    batchId,
    chart: chart.chart,
    envelopes: items.map(({ envelope }) => envelope),
    ciphertexts: items.map(({ ciphertext }) => ciphertext),
    uploadId: undefined,
    releases,
    // Nobody disputes the same again by mistake as files are imported again.
    digests: [nodeCiphers.randomBytes(32)],
    transaction: signTransaction(body, [chart.actor]),
  }
}

/**
 * Appends what somebody says against a record to its chart, sealed so that whoever may read the record reads it, and
 * nobody else; signed by whoever may dispute there. Waits for the commit.
 */
export const sendDispute = async (
  place: ReadingPlace,
  listed: ListedRecord,
  text: string,
): Promise<Committed & { readonly recordId: Uint8Array }> => {
  const { candidate, record } = listed
  const { client, identity, now, servingNode } = place
  const target = await targetOf(place, listed)
  const sent = instantFromMs(now())
  const about = { recordId: candidate.id, fullUrl: record.header.fullUrl }
  const bytes = communicationOfDispute({ ...about, sender: identity.did, sent, text })
  const content = {
    ...{ bytes, mediaType: FHIR_JSON, resourceType: 'Communication', date: sent },
    title: headerFromResource({ resourceType: 'Dispute', title: record.header.title }).title,
    disputedK1: record.k1,
  }
  const sealed = valueOrFail(await sealBatch({ ...target, records: [content] }, nodeCiphers))
  const committed = await client.call(
    importBatch,
    batchFrom(place, listed, target, sealed),
    candidate.chart.actor,
    { node: servingNode, timeoutMs: COMMIT_TIMEOUT_MS },
  )
  await proveCommitted(client, committed)
  return { ...committed, recordId: recordIdOf(target.batchId, 0) }
}
