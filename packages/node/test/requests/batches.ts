import {
  anchorRecords,
  batchIdOf,
  bytesFromText,
  holdersOf,
  type ImportBatch,
  institutionsIn,
  type RecordToSeal,
  sealBatch,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import type { TestActor, TestNode, World } from './consortium.ts'
import { type TestChart, transactionOf } from './people.ts'

export const recordOf = (text: string): RecordToSeal => ({
  bytes: bytesFromText(text),
  mediaType: 'application/fhir+json',
  resourceType: 'Observation',
  title: text.slice(0, 20),
  date: '2026-01-01',
})

/** Seals records as an author at node `at` does, ready for `import.batch`. */
export const sealFor = async (
  world: World,
  at: number,
  author: TestActor,
  chart: TestChart,
  records: readonly RecordToSeal[],
): Promise<ImportBatch> => {
  const { chain } = world
  const nonce = nodeCiphers.randomBytes(16)
  const batchId = batchIdOf(chart.id, author.id, nonce)
  const holders = holdersOf(
    batchId,
    institutionsIn(chain.head().view),
    (world.nodes[at] as TestNode).institution.id,
  )
  const byId = (id: Uint8Array) => {
    const found = chain.institutions.find((institution) => Buffer.from(institution.id).equals(id))
    return { institution: id, sealingKey: found?.sealingKey as Uint8Array }
  }
  const sealed = unwrap(
    await sealBatch(
      {
        networkId: chain.networkId,
        chart: chart.id,
        epoch: 0,
        epochPublicKey: chart.epochKey,
        author: byId(world.nodes[at]?.institution.id as Uint8Array),
        releaseHolders: holders.release.map(byId),
        batchId,
        records,
      },
      nodeCiphers,
    ),
  )
  const anchors = sealed.items.map(({ commitment, ciphertextDigest, envelopeDigest }) => ({
    commitment,
    ciphertextDigest,
    envelopeDigest,
  }))
  const anchoring = { chart: chart.id, batchId, nonce, epoch: 0, anchors }
  return {
    batchId,
    chart: chart.id,
    envelopes: sealed.items.map(({ envelope }) => envelope),
    ciphertexts: sealed.items.map(({ ciphertext }) => ciphertext),
    uploadId: undefined,
    releases: sealed.releases,
    digests: records.map(({ bytes }) => nodeCiphers.sha256(bytes)),
    transaction: transactionOf(world, author, anchorRecords.kind, anchorRecords.payload, anchoring),
  }
}
