import {
  batches,
  batchIdOf,
  type Disputing,
  disputeRecord,
  holdersOf,
  type ImportBatch,
  importBatch,
  institutionsIn,
  type Result,
  recordIdOf,
  sealBatch,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { anchoringFromBytes } from '../../src/custody/anchoring.ts'
import { isAmong } from '../../src/custody/healing/healed-sides.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestActor } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

interface Scene {
  readonly world: Consortium
  readonly doctor: TestActor
  readonly chart: TestChart
  readonly other: TestChart
  /** Of node 0's institution. */
  readonly recordId: Uint8Array
}

const test = suite<Scene>('disputes at their holders')

test.before.each(async (context) => {
  const world = await createConsortium()
  const doctor = await enrolAt(world, 0, 'practitioner')
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const other = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  unwrap(await world.ask(0, doctor, importBatch, batch))
  Object.assign(context, { world, doctor, chart, other, recordId: recordIdOf(batch.batchId, 0) })
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

/** What disputes a record of node 0's institution, as its reader seals it. */
const sealDispute = async (
  { world, recordId, chart }: Scene,
  sender: TestActor,
  text = 'Not mine.',
): Promise<ImportBatch> => {
  const { chain } = world
  const nonce = nodeCiphers.randomBytes(16)
  const batchId = batchIdOf(chart.id, sender.id, nonce)
  const author = chain.institutions[0] as { readonly id: Uint8Array; readonly sealingKey: Uint8Array }
  const { release } = holdersOf(batchId, institutionsIn(chain.head().view), author.id)
  const party = ({ id, sealingKey }: typeof author) => ({ institution: id, sealingKey })
  const { items, releases } = unwrap(
    await sealBatch(
      {
        ...{ networkId: chain.networkId, chart: chart.id, epoch: 0, epochPublicKey: chart.epochKey, batchId },
        author: party(author),
        releaseHolders: chain.institutions.filter(({ id }) => isAmong(release, id)).map(party),
        records: [{ ...recordOf(text), disputedK1: new Uint8Array(32) }],
      },
      nodeCiphers,
    ),
  )
  const anchors = items.map(({ commitment, ciphertextDigest, envelopeDigest }) => ({
    ...{ commitment, ciphertextDigest, envelopeDigest },
  }))
  const payload: Disputing = { chart: chart.id, batchId, nonce, epoch: 0, anchors, disputed: recordId }
  return {
    ...{ batchId, chart: chart.id, uploadId: undefined, releases, digests: [nodeCiphers.randomBytes(32)] },
    envelopes: items.map(({ envelope }) => envelope),
    ciphertexts: items.map(({ ciphertext }) => ciphertext),
    transaction: transactionOf(world, sender, disputeRecord.kind, disputeRecord.payload, payload),
  }
}

test('a patient brings one through any node, and its holders keep it like a record of its author', async (scene) => {
  const { world, chart } = scene
  const batch = await sealDispute(scene, chart)
  unwrap(await world.ask(2, chart, importBatch, batch))
  ok(world.chain.head().view.get(batches, batch.batchId))
  await world.nodes[2]?.privacy.retry()
  const recordId = recordIdOf(batch.batchId, 0)
  const held = world.nodes.map(({ vault }) =>
    (['envelope', 'ciphertext', 'release'] as const).filter((kind) => vault.list(kind, recordId).length > 0),
  )
  const { ciphertext } = holdersOf(
    batch.batchId,
    institutionsIn(world.chain.head().view),
    world.chain.institutions[0]?.id,
  )
  equal(
    held,
    world.chain.institutions.map(({ id }) =>
      isAmong(ciphertext, id) ? ['envelope', 'ciphertext'] : ['release'],
    ),
  )
  ok(!held[0]?.includes('release'), 'whoever can open k1 keeps no k2')
  for (const { privacy } of world.nodes) is(await privacy.sweep(), 0, 'it is no batch of a stranger')
})

test('nobody brings one for another, one that the chain would refuse, or a file', async (scene) => {
  const { world, chart, doctor, other } = scene
  const own = await sealDispute(scene, chart)
  is(codeOf(await world.ask(2, other, importBatch, own)), 'consent.none')
  is(codeOf(await world.ask(0, doctor, importBatch, await sealDispute(scene, doctor))), 'records.own-record')
  const stranger = await enrolAt(world, 1, 'practitioner')
  is(codeOf(await world.ask(1, stranger, importBatch, await sealDispute(scene, stranger))), 'consent.none')
  const large = await sealDispute(scene, chart, 'x'.repeat(600 * 1024))
  is(codeOf(await world.ask(2, chart, importBatch, large)), 'import.shape')
  for (const { vault } of world.nodes) is(vault.list('ciphertext', recordIdOf(own.batchId, 0)).length, 0)
})

test('disputes that wait keep no staff from importing', async (scene) => {
  const { world, chart, doctor } = scene
  const { submit } = world.chain
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const hold: typeof submit = async (transaction) => {
    const anchoring = anchoringFromBytes(transaction)
    if (anchoring.ok && anchoring.value.disputing) await held
    return submit(transaction)
  }
  Object.assign(world.chain, { submit: hold })
  const given = await Promise.all(Array.from({ length: 12 }, () => sealDispute(scene, chart)))
  const brought = given.map(async (batch) => codeOf(await world.ask(0, chart, importBatch, batch)))
  is(await Promise.race(brought), 'import.busy')
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('two')])
  is(codeOf(await world.ask(0, doctor, importBatch, batch)), 'ok')
  release()
  ok((await Promise.all(brought)).includes('ok'))
})

test.run()
