import {
  batches,
  bytesFromText,
  CANCEL_MS,
  healedHoldersOf,
  hexFromBytes,
  holdersOf,
  type ImportBatch,
  importBatch,
  institutionsIn,
  memberHistoryIn,
  recordIdOf,
  requestErasure,
  sealReleaseSet,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import {
  type Consortium,
  createConsortium,
  type TestActor,
  type TestNode,
  untilHandedOver,
} from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart, transactionOf } from '../requests/people.ts'

interface Context {
  world: Consortium
  doctor: TestActor
  chart: TestChart
}

/** Three holders a side, and two who hold nothing. */
const MEMBERS = 8
const test = suite<Context>('healing')

test.before.each(async (context) => {
  context.world = await createConsortium({}, MEMBERS)
  context.doctor = await enrolAt(context.world, 0, 'practitioner')
  context.chart = (await registerPatient(context.world, 0, ['general'])).charts[0] as TestChart
})
test.after.each(({ world }) => world.close())

const AUTHOR = 0

const indexOf = ({ chain }: Consortium, id: Uint8Array): number =>
  chain.institutions.findIndex((each) => hexFromBytes(each.id) === hexFromBytes(id))

/** Who is to keep a batch now, as indices. */
const sidesOf = (world: Consortium, { batchId }: ImportBatch) => {
  const { view } = world.chain.head()
  const author = world.chain.institutions[AUTHOR]?.id
  const height = view.get(batches, batchId)?.height as number
  const { now } = healedHoldersOf(batchId, memberHistoryIn(view), height, author)
  const indices = (ids: readonly Uint8Array[]) => ids.map((id) => indexOf(world, id)).sort()
  return { ciphertext: indices(now.ciphertext), release: indices(now.release) }
}

const kindsAt = ({ vault }: TestNode, recordId: Uint8Array): string[] =>
  (['envelope', 'ciphertext', 'release'] as const).filter((kind) => vault.list(kind, recordId).length > 0)

/** Who holds which side of a record in truth. */
const heldBy = ({ nodes }: Consortium, recordId: Uint8Array) => {
  const kinds = nodes.map((node) => kindsAt(node, recordId))
  const withKind = (kind: string) => kinds.flatMap((each, index) => (each.includes(kind) ? [index] : []))
  return { ciphertext: withKind('ciphertext'), release: withKind('release') }
}

const importedBatch = async (
  { world, doctor, chart }: Context,
  texts: readonly string[],
): Promise<ImportBatch> => {
  const batch = await sealFor(world, AUTHOR, doctor, chart, texts.map(recordOf))
  unwrap(await world.ask(AUTHOR, doctor, importBatch, batch))
  await untilHandedOver(world, AUTHOR)
  return batch
}

const healAll = async ({ nodes, down }: Consortium): Promise<void> => {
  for (const [index, node] of nodes.entries()) if (!down.has(index)) await node.privacy.heal()
}

const leave = (world: Consortium, index: number): void => {
  world.down.add(index)
  world.chain.remove(world.chain.institutions[index]?.id as Uint8Array)
}

test('C8: a member leaves, both sets are complete again, and no disk ever has both halves', async (context) => {
  const { world, chart } = context
  const batch = await importedBatch(context, ['one', 'two'])
  const first = recordIdOf(batch.batchId, 0)
  for (let turn = 0; turn < 2; turn++) {
    const side = turn === 0 ? 'release' : 'ciphertext'
    const leaving = sidesOf(world, batch)[side].find((index) => index !== AUTHOR) as number
    leave(world, leaving)
    await healAll(world)
    const wanted = sidesOf(world, batch)
    equal([wanted.ciphertext.length, wanted.release.length], [3, 3])
    const held = heldBy(world, first)
    const present = (indices: readonly number[]) => indices.filter((index) => !world.down.has(index))
    equal([present(held.ciphertext), present(held.release)], [wanted.ciphertext, wanted.release])
    equal(
      held.ciphertext.filter((index) => held.release.includes(index)),
      [],
    )
    ok(!held.release.includes(AUTHOR), 'the author’s institution never gets k2')
  }
  for (const node of world.nodes) await node.privacy.anchorNow()
  const reading = { via: AUTHOR, actor: chart, chart, recordIds: [first], keys: epochKeys(chart) }
  equal(outcomes(await read(world, reading)), ['one'])
})

test('C9: a lost disk is filled again by the others of its set', async (context) => {
  const { world } = context
  const batch = await importedBatch(context, ['one'])
  const id = recordIdOf(batch.batchId, 0)
  const before = heldBy(world, id)
  for (const index of [before.ciphertext[0], before.release[0]] as number[]) {
    world.nodes[index]?.vault.values.clear()
    await healAll(world)
    equal(heldBy(world, id), before)
  }
})

test('C9: a holder takes nothing that is not the chain’s, not its own, or not the giver’s to give', async (context) => {
  const { world } = context
  const batch = await importedBatch(context, ['one', 'two'])
  const { ciphertext, release } = sidesOf(world, batch)
  const { batchId, envelopes, ciphertexts } = batch
  const sizesBytes = ciphertexts.map(({ length }) => length)
  const nodeAt = (index: number | undefined): TestNode => world.nodes[index as number] as TestNode
  const tell = async (
    from: number,
    to: number,
    message: Parameters<TestNode['privacy']['exchange']['call']>[1],
  ) => {
    const answer = await nodeAt(from).privacy.exchange.call(nodeAt(to).institution.id, message, 'receipt')
    return answer.ok ? 'ok' : answer.code
  }
  const [giver, taker] = ciphertext as [number, number]
  const whole = { type: 'heal-ciphertexts' as const, batchId, envelopes, ciphertexts, sizesBytes }
  const [a, b] = ciphertexts as [Uint8Array, Uint8Array]
  is(await tell(giver, taker, whole), 'import.shape', 'what is there is not replaced')
  is(await tell(giver, release[0] as number, whole), 'import.author', 'the other side takes nothing')
  nodeAt(taker).vault.values.clear()
  is(await tell(giver, taker, { ...whole, ciphertexts: [b, a] }), 'import.digest')
  is(await tell(giver, taker, { ...whole, envelopes: [envelopes[0] as Uint8Array] }), 'import.digest')
  is(await tell(giver, taker, { ...whole, batchId: bytesFromText('another batch id') }), 'import.author')
  is(
    await tell(release[0] as number, taker, whole),
    'import.author',
    'a release holder has nothing to give here',
  )
  is(await tell(giver, taker, whole), 'ok')
  const target = nodeAt(release[0])
  const { institution } = target
  const wrong = batch.envelopes.map(() => new Uint8Array(32).fill(9))
  const holder = { institution: institution.id, sealingKey: institution.sealingKey }
  const sealed = (await sealReleaseSet(world.chain.networkId, batchId, holder, wrong)) as Uint8Array
  const false_ = { type: 'heal-releases' as const, batchId, sealed }
  is(
    await tell(release[1] as number, release[0] as number, false_),
    'import.shape',
    'a right k2 is not replaced',
  )
  target.vault.values.clear()
  is(await tell(giver, release[0] as number, false_), 'import.author')
})

test('C10: a wrong k2 that healing brought is found by readers, who name its holder and read elsewhere', async (context) => {
  const { world, chart } = context
  const batch = await importedBatch(context, ['one'])
  const { release } = sidesOf(world, batch)
  const [liar, victim] = release as [number, number]
  const target = world.nodes[victim] as TestNode
  target.vault.values.clear()
  const { institution } = target
  const holder = { institution: institution.id, sealingKey: institution.sealingKey }
  const wrong = [new Uint8Array(32).fill(9)]
  const sealed = (await sealReleaseSet(world.chain.networkId, batch.batchId, holder, wrong)) as Uint8Array
  unwrap(
    await (world.nodes[liar] as TestNode).privacy.exchange.call(
      institution.id,
      { type: 'heal-releases', batchId: batch.batchId, sealed },
      'receipt',
    ),
  )
  for (const node of world.nodes) await node.privacy.anchorNow()
  const recordIds = [recordIdOf(batch.batchId, 0)]
  const readings = []
  for (let turn = 0; turn < 2; turn++)
    readings.push(
      ...(await read(world, { via: AUTHOR, actor: chart, chart, recordIds, keys: epochKeys(chart) })),
    )
  equal(outcomes(readings), ['one', 'one'])
  // Whether the false one is asked first depends on the batch; where it is, it is named.
  const { view } = world.chain.head()
  const height = view.get(batches, batch.batchId)?.height as number
  const author = world.chain.institutions[AUTHOR]?.id
  const [firstAsked] = healedHoldersOf(batch.batchId, memberHistoryIn(view), height, author).now.release
  const isFirst = indexOf(world, firstAsked as Uint8Array) === victim
  const faults = readings.flatMap((each) =>
    each.faults.map(({ holder: id, leg }) => `${leg} ${indexOf(world, id)}`),
  )
  equal(faults, isFirst ? [`release ${victim}`, `release ${victim}`] : [])
})

test('C10: a wrong k2 that healing brought gives way to the author’s own, which still waited for the holder', async (context) => {
  const { world, doctor, chart } = context
  const batch = await sealFor(world, AUTHOR, doctor, chart, [recordOf('one')])
  const present = institutionsIn(world.chain.head().view)
  const author = world.chain.institutions[AUTHOR]?.id as Uint8Array
  const { release } = holdersOf(batch.batchId, present, author)
  const [liar, victim] = release.map((id) => indexOf(world, id)) as [number, number]
  world.down.add(victim)
  unwrap(await world.ask(AUTHOR, doctor, importBatch, batch))
  world.down.clear()
  const { institution, vault } = world.nodes[victim] as TestNode
  const holder = { institution: institution.id, sealingKey: institution.sealingKey }
  const wrong = [new Uint8Array(32).fill(9)]
  const sealed = (await sealReleaseSet(world.chain.networkId, batch.batchId, holder, wrong)) as Uint8Array
  const message = { type: 'heal-releases' as const, batchId: batch.batchId, sealed }
  unwrap(await (world.nodes[liar] as TestNode).privacy.exchange.call(institution.id, message, 'receipt'))
  const k2 = async () => unwrap(await vault.get({ kind: 'release', key: recordIdOf(batch.batchId, 0) }))
  equal(await k2(), wrong[0])
  await untilHandedOver(world, AUTHOR)
  const sound = (world.nodes[liar] as TestNode).vault
  equal(await k2(), unwrap(await sound.get({ kind: 'release', key: recordIdOf(batch.batchId, 0) })))
})

test('C8: healing brings back nothing that is erased', async (context) => {
  const { world, chart } = context
  const batch = await importedBatch(context, ['one', 'two'])
  const [gone, kept] = [recordIdOf(batch.batchId, 0), recordIdOf(batch.batchId, 1)]
  const { kind, payload } = requestErasure
  unwrap(await world.chain.submit(transactionOf(world, chart, kind, payload, { records: [gone] })))
  world.clock.advance(CANCEL_MS + 60_000)
  world.chain.beat()
  for (const { privacy } of world.nodes) await privacy.eraser.run()
  const leaving = sidesOf(world, batch)
  for (const side of ['ciphertext', 'release'] as const)
    leave(world, leaving[side].find((index) => index !== AUTHOR) as number)
  await healAll(world)
  equal(heldBy(world, gone), { ciphertext: [], release: [] })
  const held = heldBy(world, kept)
  ok(
    held.release.some((index) => !leaving.release.includes(index)),
    'the other record is healed',
  )
})

test.run()
