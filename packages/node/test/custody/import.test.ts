import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  batches,
  encode,
  hexFromBytes,
  holdersOf,
  importBatch,
  importKnown,
  institutionsIn,
  type Result,
  recordIdOf,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestActor, type TestNode } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart } from '../requests/people.ts'

interface Context {
  world: Consortium
  doctor: TestActor
  chart: TestChart
}

const test = suite<Context>('import')

test.before.each(async (context) => {
  context.world = await createConsortium()
  context.doctor = await enrolAt(context.world, 0, 'practitioner')
  context.chart = (await registerPatient(context.world, 0, ['general'])).charts[0] as TestChart
})
test.after.each(({ world }) => world.close())

const indexOf = (world: Consortium, id: Uint8Array) =>
  world.chain.institutions.findIndex((institution) => Buffer.from(institution.id).equals(id))

const sidesOf = (world: Consortium, batchId: Uint8Array) => {
  const { ciphertext, release } = holdersOf(
    batchId,
    institutionsIn(world.chain.head().view),
    world.chain.institutions[0]!.id,
  )
  return {
    ciphertext: ciphertext.map((id) => indexOf(world, id)),
    release: release.map((id) => indexOf(world, id)),
  }
}

const counts = ({ vault }: TestNode) =>
  (['envelope', 'ciphertext', 'release'] as const).map((kind) => vault.list(kind, new Uint8Array(0)).length)

const outboxOf = (node: TestNode) => readdir(path.join(node.folder, 'custody', 'outbox'))

const until = async (what: string, condition: () => Promise<boolean>) => {
  for (let turn = 0; turn < 400; turn++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never: ${what}`)
}

test('each holder gets its side and no more, and the outbox empties', async ({ world, doctor, chart }) => {
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one'), recordOf('two')])
  const { height } = unwrap(await world.ask(0, doctor, importBatch, batch))
  is(world.chain.head().view.get(batches, batch.batchId)?.height, height)
  await until('the outbox is empty', async () => (await outboxOf(world.nodes[0] as TestNode)).length === 0)
  const sides = sidesOf(world, batch.batchId)
  world.nodes.forEach((node, index) => {
    equal(counts(node), sides.ciphertext.includes(index) ? [2, 2, 0] : [0, 0, 2])
  })
})

test('what was imported is known to staff, by the same digests only', async ({ world, doctor, chart }) => {
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  unwrap(await world.ask(0, doctor, importBatch, batch))
  const unknown = new Uint8Array(32)
  const digests = [batch.digests[0] as Uint8Array, unknown]
  equal(unwrap(await world.ask(0, doctor, importKnown, { digests })), [
    recordIdOf(batch.batchId, 0),
    undefined,
  ])
  const stranger = await enrolAt(world, 1, 'practitioner')
  const refused = await world.ask(0, stranger, importKnown, { digests })
  is(refused.ok ? '' : refused.code, 'import.author')
})

test('a batch whose parts differ from the transaction is refused', async ({ world, doctor, chart }) => {
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  const wrong = [
    { ...batch, ciphertexts: [new Uint8Array(100)] },
    { ...batch, envelopes: [new Uint8Array(100)] },
    { ...batch, digests: [] },
    { ...batch, releases: batch.releases.slice(1) },
    { ...batch, batchId: new Uint8Array(16) },
  ]
  const codes: string[] = []
  for (const each of wrong) {
    const refused = await world.ask(0, doctor, importBatch, each)
    codes.push(refused.ok ? 'accepted' : refused.code)
  }
  equal(codes, ['import.digest', 'import.digest', 'import.shape', 'import.shape', 'import.shape'])
  is(world.chain.head().view.get(batches, batch.batchId), undefined)
})

test('one holder of each side is enough; the outbox reaches the others, also after a restart', async (context) => {
  const { world, doctor, chart } = context
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  const sides = sidesOf(world, batch.batchId)
  const away = [...sides.ciphertext, ...sides.release].filter((index) => index !== 0)
  const late = away.find((index) => sides.ciphertext.includes(index)) as number
  world.down.add(late)
  unwrap(await world.ask(0, doctor, importBatch, batch))
  equal(counts(world.nodes[late] as TestNode), [0, 0, 0])
  await world.restart(0)
  ok(((await world.nodes[0]?.privacy.retry()) as number) > 0)
  world.down.clear()
  is(await world.nodes[0]?.privacy.retry(), 0)
  equal(counts(world.nodes[late] as TestNode), [1, 1, 0])
})

test('an interrupted import is taken up again, or dropped when its transaction expired', async (context) => {
  const { world, doctor, chart } = context
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  const expiring = await sealFor(world, 0, doctor, chart, [recordOf('two')])
  world.chain.isCommitting = false
  const refused = await world.ask(0, doctor, importBatch, batch)
  is(refused.ok ? '' : refused.code, 'network.timeout')
  await world.ask(0, doctor, importBatch, expiring)
  await world.restart(0)
  is((await outboxOf(world.nodes[0] as TestNode)).length, 2)
  world.chain.isCommitting = true
  await world.nodes[0]?.privacy.retry()
  ok(world.chain.head().view.get(batches, batch.batchId))
})

/** One item, handed in before a crash, that the chain did not take in meanwhile. */
const interrupted = async ({ world, doctor, chart }: Context) => {
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  world.chain.isCommitting = false
  await world.ask(0, doctor, importBatch, batch)
  await world.restart(0)
  return batch
}

/** What the node says of the items, however long it waits for them. */
const knownOf = async ({ world, doctor }: Context, digests: readonly Uint8Array[]) => {
  let answer: Result<readonly (Uint8Array | undefined)[]> | undefined
  void world.ask(0, doctor, importKnown, { digests }).then((given) => {
    answer = given
  })
  await until('it answers', async () => {
    world.clock.advance(250)
    return answer !== undefined
  })
  return answer as Result<readonly (Uint8Array | undefined)[]>
}

test('what an interrupted import left is known to the next one', async (context) => {
  const batch = await interrupted(context)
  context.world.chain.isCommitting = true
  equal(unwrap(await knownOf(context, batch.digests)), [recordIdOf(batch.batchId, 0)])
})

test('what cannot come onto the chain for now is not imported a second time beside it', async (context) => {
  const batch = await interrupted(context)
  const answer = await knownOf(context, batch.digests)
  is(answer.ok ? '' : answer.code, 'import.waiting')
})

test('what an interrupted import left is known although a holder is away and says nothing', async (context) => {
  const batch = await interrupted(context)
  const { world } = context
  world.down.add(sidesOf(world, batch.batchId).release[0] as number)
  world.chain.isCommitting = true
  equal(unwrap(await knownOf(context, batch.digests)), [recordIdOf(batch.batchId, 0)])
})

test('what is on the chain is known, also where its entry does not fit any more', async (context) => {
  const { world } = context
  const batch = await interrupted(context)
  world.chain.isCommitting = true
  unwrap(await world.chain.submit(batch.transaction))
  const spoilt = encode(importBatch.payload, { ...batch, releases: batch.releases.slice(1) })
  const { folder } = world.nodes[0] as TestNode
  await writeFile(path.join(folder, 'custody', 'outbox', hexFromBytes(batch.batchId)), spoilt)
  await world.restart(0)
  equal(unwrap(await knownOf(context, batch.digests)), [recordIdOf(batch.batchId, 0)])
})

test('what is never anchored is dropped after an hour', async ({ world, doctor, chart }) => {
  const batch = await sealFor(world, 0, doctor, chart, [recordOf('one')])
  world.chain.isCommitting = false
  await world.ask(0, doctor, importBatch, batch)
  const held = () => world.nodes.map((node) => counts(node).reduce((sum, count) => sum + count, 0))
  await until('every holder has its side', async () => held().every((count) => count > 0))
  world.clock.advance(61 * 60_000)
  world.chain.beat()
  await world.nodes[0]?.privacy.retry()
  is((await outboxOf(world.nodes[0] as TestNode)).length, 0)
  for (const node of world.nodes) await node.privacy.sweep()
  equal(held(), [0, 0, 0, 0])
})

test.run()
