import {
  anchoringSchema,
  anchorRecords,
  decode,
  disputeRecord,
  type ImportBatch,
  importBatch,
  pendingFromBytes,
  recordIdOf,
  sealBatch,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { decodeVaultMessage, encodeVaultMessage } from '../../src/requests/vault-messages.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestNode, untilHandedOver } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

const test = suite<{ world: Consortium; batch: ImportBatch; chart: TestChart }>('a batch of another’s')

test.before.each(async (context) => {
  context.world = await createConsortium()
  const doctor = await enrolAt(context.world, 0, 'practitioner')
  context.chart = (await registerPatient(context.world, 0, ['general'])).charts[0] as TestChart
  context.batch = await sealFor(context.world, 0, doctor, context.chart, [recordOf('one')])
  unwrap(await context.world.ask(0, doctor, importBatch, context.batch))
})
test.after.each(({ world }) => world.close())

const anchoringOf = ({ transaction }: ImportBatch) =>
  unwrap(decode(anchoringSchema, unwrap(pendingFromBytes(transaction)).transaction.body.payload))

/** Other release keys for a committed batch. */
const forgedReleases = async (
  world: Consortium,
  holder: TestNode,
  batch: ImportBatch,
  chart: TestChart,
  transaction: Uint8Array,
) => {
  const { releases } = unwrap(
    await sealBatch(
      {
        networkId: world.chain.networkId,
        chart: chart.id,
        epoch: 0,
        epochPublicKey: chart.epochKey,
        author: { institution: holder.institution.id, sealingKey: holder.institution.sealingKey },
        releaseHolders: [{ institution: holder.institution.id, sealingKey: holder.institution.sealingKey }],
        batchId: batch.batchId,
        records: [recordOf('other')],
      },
      nodeCiphers,
    ),
  )
  return { type: 'store-releases' as const, transaction, sealed: releases[0]?.sealed as Uint8Array }
}

/** What a member hears who brings other release keys of a batch to a holder; fails unless the holder keeps its own. */
const bringForged = async (
  world: Consortium,
  batch: ImportBatch,
  chart: TestChart,
  transactionBy: (attacker: number) => Promise<Uint8Array>,
): Promise<string> => {
  await untilHandedOver(world, 0)
  const holder = world.nodes.find(({ vault }) => vault.list('release', batch.batchId).length > 0) as TestNode
  const attacker = world.nodes.findIndex((node, index) => index !== 0 && node !== holder)
  const [key] = holder.vault.list('release', batch.batchId)
  const keyNow = async () => unwrap(await holder.vault.get({ kind: 'release', key: key as Uint8Array }))
  const before = await keyNow()
  ok(before)
  const message = await forgedReleases(world, holder, batch, chart, await transactionBy(attacker))
  const port = world.nodes[attacker]?.ports.peers
  const answer = await port?.request(holder.institution.id, encodeVaultMessage(message), 1000)
  const decoded = unwrap(decodeVaultMessage(answer as Uint8Array))
  equal(await keyNow(), before)
  return decoded.type === 'error' ? decoded.code : decoded.type
}

test('no institution replaces the release keys of a committed batch of another', async (context) => {
  const { world, batch, chart } = context
  const heard = await bringForged(world, batch, chart, async (attacker) => {
    const accomplice = await enrolAt(world, attacker, 'practitioner')
    return transactionOf(world, accomplice, anchorRecords.kind, anchorRecords.payload, anchoringOf(batch))
  })
  is(heard, 'import.author')
})

test('nor those of a dispute, though any member may bring one', async ({ world, batch, chart }) => {
  const sealed = await sealFor(world, 0, chart, chart, [recordOf('that is wrong')])
  const disputing = { ...anchoringOf(sealed), disputed: recordIdOf(batch.batchId, 0) }
  const transaction = transactionOf(world, chart, disputeRecord.kind, disputeRecord.payload, disputing)
  const dispute = { ...sealed, transaction }
  unwrap(await world.ask(0, chart, importBatch, dispute))
  is(await bringForged(world, dispute, chart, async () => transaction), 'receipt')
})

test('a peer that claims a huge ciphertext costs its holder one look', async ({ world, chart }) => {
  const doctor = await enrolAt(world, 0, 'practitioner')
  const { transaction, envelopes } = await sealFor(world, 0, doctor, chart, [recordOf('two')])
  const holder = world.nodes[1] as TestNode
  const { get } = holder.vault
  let looks = 0
  Object.assign(holder.vault, {
    get: (name: Parameters<typeof get>[0]) => {
      if (++looks > 100) throw new Error('the holder goes on looking')
      return get(name)
    },
  })
  const message = {
    type: 'store-ciphertexts' as const,
    transaction,
    envelopes,
    ciphertexts: [new Uint8Array(0)],
    sizesBytes: [Number.MAX_SAFE_INTEGER],
  }
  const port = world.nodes[0]?.ports.peers
  const answer = await port?.request(holder.institution.id, encodeVaultMessage(message), 1000)
  const decoded = unwrap(decodeVaultMessage(answer as Uint8Array))
  is(decoded.type === 'error' ? decoded.code : decoded.type, 'import.digest')
})

test.run()
