// What a grant to a compartment costs does not depend on how much stands in it.
import {
  anchoringSchema,
  anchorRecords,
  batchIdOf,
  charts as chartTable,
  hashTagged,
  type RecordAnchor,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createTransactionBody, signTransaction } from '../../src/client/signed-transaction.ts'
import { chartOf, createPatientBed, type PatientBed } from './patient-bed.ts'

const BATCH = 1000

const anchorAt = (position: number): RecordAnchor => {
  const hash = hashTagged('medchain/record/1', new Uint8Array([position >> 8, position & 255]))
  return { commitment: hash, ciphertextDigest: hash, envelopeDigest: hash }
}

/** The sponsor, who may write, anchors so many records in the chart. */
const anchor = async (bed: PatientBed, chart: Uint8Array, count: number): Promise<void> => {
  const { institution, networkId } = bed.node.chain
  const sign = (message: Uint8Array) => nodeCiphers.ed25519Sign(institution.seed, message)
  for (let left = count; left > 0; left -= BATCH) {
    const nonce = nodeCiphers.randomBytes(16)
    const anchors = Array.from({ length: Math.min(left, BATCH) }, (_, position) => anchorAt(position))
    const batchId = batchIdOf(chart, institution.id, nonce)
    const payload = { chart, batchId, nonce, epoch: 0, anchors }
    const { kind } = anchorRecords
    const plan = {
      networkId,
      sender: institution.id,
      kind,
      schema: anchoringSchema,
      payload,
      timeMs: bed.now.ms,
    }
    const transaction = signTransaction(createTransactionBody(plan), [
      { id: institution.id, inception: undefined, sign },
    ])
    await bed.client().submit(transaction, true)
  }
}

const costWith = async (records: number) => {
  const bed = await createPatientBed({ sponsorWrites: true })
  try {
    const session = await bed.session()
    const doctor = await bed.enrol('doctor')
    await anchor(bed, chartOf(session).chartId, records)
    is(bed.node.chain.view.get(chartTable, chartOf(session).chartId)?.recordCount, records)
    const [height, envelopes] = [bed.node.chain.height(), bed.node.kept.envelopes.length]
    await bed.give(session, doctor)
    const sent = bed.node.kept.envelopes.slice(envelopes)
    // The chain in memory makes one block for each transaction.
    return {
      transactions: bed.node.chain.height() - height,
      envelopeBytes: sent.map(({ sealed }) => sealed.length),
    }
  } finally {
    await bed.close()
  }
}

test('a grant over 10,000 records is one transaction and one envelope, as over ten', async () => {
  const [few, many] = [await costWith(10), await costWith(10_000)]
  equal(many, few)
  equal([many.transactions, many.envelopeBytes.length], [1, 1])
  process.stdout.write(
    `a grant: ${many.transactions} transaction, ${many.envelopeBytes[0]} bytes of envelope\n`,
  )
})

test.run()
