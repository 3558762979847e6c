import {
  disclosureLeg,
  envelopeDeliver,
  holdersOf,
  importBatch,
  institutionsIn,
  recordIdOf,
  scopeDigestOf,
  scopeProofOf,
  sealGrant,
  setStatus,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { createRefusalBudget } from '../../src/disclosure/refusal-budget.ts'
import { createStatementExchange } from '../../src/disclosure/statement-exchange.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import {
  type Consortium,
  createConsortium,
  type TestActor,
  type TestNode,
  untilHandedOver,
} from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  revokeOn,
  type TestChart,
  type TestPerson,
  transactionOf,
} from '../requests/people.ts'
import { codeOf, epochKeys, outcomes, read, requestFor, transportFor } from './reading.ts'

interface Scene {
  world: Consortium
  author: TestPerson
  doctor: TestPerson
  chart: TestChart
  recordIds: Uint8Array[]
  batchId: Uint8Array
}

const test = suite<Scene>('disclosure')
const TEXTS = ['{"value":1.50}', '{"value":2.00}', '{"value":3.25}']
const nowhere = Uint8Array.from({ length: 18 }, (_, index) => (index < 16 ? 9 : 0))

test.before.each(async (scene) => {
  scene.world = await createConsortium()
  scene.author = await enrolAt(scene.world, 0, 'practitioner')
  scene.doctor = await enrolAt(scene.world, 1, 'practitioner')
  scene.chart = (await registerPatient(scene.world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(scene.world, 0, scene.author, scene.chart, TEXTS.map(recordOf))
  unwrap(await scene.world.ask(0, scene.author, importBatch, batch))
  await untilHandedOver(scene.world, 0)
  scene.batchId = batch.batchId
  scene.recordIds = TEXTS.map((_, position) => recordIdOf(batch.batchId, position))
})
test.after.each(({ world }) => world.close())

const holderIndices = ({ world, batchId }: Scene, side: 'ciphertext' | 'release') =>
  holdersOf(batchId, institutionsIn(world.chain.head().view), world.chain.institutions[0]!.id)[side].map(
    (id) => world.chain.institutions.findIndex((institution) => Buffer.from(institution.id).equals(id)),
  )

const countsOf = (world: Consortium, chart: TestChart) =>
  world.nodes.map(({ privacy }) => privacy.audit.log.heads.head(chart.id).sequence)

test('a stranger gets consent.none, the same for a record and a chart that do not exist', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const keys = epochKeys(chart)
  equal(
    outcomes(await read(world, { via: 1, actor: doctor, chart, recordIds, keys })),
    Array(3).fill('consent.none'),
  )
  equal(outcomes(await read(world, { via: 1, actor: doctor, chart, recordIds: [nowhere], keys })), [
    'consent.none',
  ])
  const noChart = { id: new Uint8Array(32).fill(3) }
  equal(outcomes(await read(world, { via: 1, actor: doctor, chart: noChart, recordIds: [nowhere], keys })), [
    'consent.none',
  ])
})

test('a grant opens the bytes as they were, and its end closes them on every holder', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) }
  const terms = await grantOn(world, chart, grantTerms(world, doctor.id))
  equal(outcomes(await read(world, reading)), TEXTS)
  equal(outcomes(await read(world, { ...reading, kind: 'list' })), TEXTS)
  equal(outcomes(await read(world, { ...reading, purpose: 'HPAYMT' })), Array(3).fill('consent.purpose'))
  await revokeOn(world, chart, terms.grantId)
  equal(outcomes(await read(world, reading)), Array(3).fill('consent.revoked'))
})

test('a grant that only the wall clock has ended is over', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) }
  await grantOn(world, chart, grantTerms(world, doctor.id, { untilMs: world.clock.wallMs() + 10_000 }))
  equal(outcomes(await read(world, reading)), TEXTS)
  world.clock.advance(11_000)
  equal(outcomes(await read(world, reading)), Array(3).fill('consent.expired'))
})

test('the patient reads, also for PATRQT; nobody else does for PATRQT or BTG', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const keys = epochKeys(chart)
  equal(
    outcomes(await read(world, { via: 2, actor: chart, chart, recordIds, keys, purpose: 'PATRQT' })),
    TEXTS,
  )
  await grantOn(world, chart, grantTerms(world, doctor.id, { purposes: ['TREAT', 'PATRQT', 'BTG'] }))
  for (const purpose of ['PATRQT', 'BTG'] as const) {
    const refused = await read(world, { via: 1, actor: doctor, chart, recordIds, keys, purpose })
    equal(outcomes(refused), Array(3).fill('consent.purpose'))
  }
})

test('a grant for single records opens those, and their proofs are needed', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const listed = recordIds.slice(0, 2)
  await grantOn(world, chart, grantTerms(world, doctor.id, { scopeDigest: scopeDigestOf(listed) }))
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) }
  const proofs = { scopeProofOf: (recordId: Uint8Array) => scopeProofOf(listed, recordId) }
  equal(
    outcomes(await read(world, { ...reading, ...proofs })).sort(),
    [...TEXTS.slice(0, 2), 'consent.none'].sort(),
  )
  equal(outcomes(await read(world, reading)), Array(3).fill('consent.none'))
})

test('staff read what their institution wrote through its key agent, and no other institution’s staff', async (scene) => {
  const { world, author, doctor, chart, recordIds } = scene
  const keys = { type: 'agent' } as const
  equal(outcomes(await read(world, { via: 0, actor: author, chart, recordIds, keys })), TEXTS)
  equal(
    outcomes(await read(world, { via: 1, actor: doctor, chart, recordIds, keys })),
    Array(3).fill('consent.none'),
  )
  const other = { networkId: world.chain.networkId, account: author.id, status: 'suspended' as const }
  const institution: TestActor = (world.nodes[0] as TestNode).institution
  const suspend = transactionOf(world, institution, setStatus.kind, setStatus.payload, other)
  unwrap(await world.chain.submit(suspend))
  equal(
    outcomes(await read(world, { via: 0, actor: author, chart, recordIds, keys })),
    Array(3).fill('identity.suspended'),
  )
})

test('a grant to an institution opens through its agent for any of its staff', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const { id, sealingKey } = (world.nodes[1] as TestNode).institution
  const terms = await grantOn(world, chart, grantTerms(world, id))
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: { type: 'agent' } as const }
  equal(outcomes(await read(world, reading)), Array(3).fill('record.key-mismatch'))
  const place = {
    grantId: terms.grantId,
    chart: chart.id,
    epoch: 0,
    person: chart.person,
    compartment: 'general' as const,
  }
  const keys = { type: 'epoch', epochSecret: chart.epochSecret } as const
  const context = { networkId: world.chain.networkId, grantee: id }
  const sealed = unwrap(await sealGrant(sealingKey, context, { ...place, keys }))
  unwrap(await world.ask(0, chart, envelopeDeliver, { grantee: id, grantId: terms.grantId, sealed }))
  equal(outcomes(await read(world, reading)), TEXTS)
})

test('when a holder is down the other of its set serves', async (scene) => {
  const { world, chart, recordIds } = scene
  const via = holderIndices(scene, 'release')[1] as number
  world.down.add(holderIndices(scene, 'ciphertext')[0] as number)
  const readings = await read(world, { via, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  equal(outcomes(readings), TEXTS)
  equal(
    readings[0]?.faults.map(({ leg, code }) => [leg, code]),
    [['ciphertext', 'network.unreachable']],
  )
  world.down.add(holderIndices(scene, 'ciphertext')[1] as number)
  const cut = await read(world, { via, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  equal(outcomes(cut), Array(3).fill('network.unreachable'))
})

test('damaged and changed bytes are never opened, and the holder is named', async (scene) => {
  const { world, chart, recordIds } = scene
  const [first, second] = holderIndices(scene, 'ciphertext').map((index) => world.nodes[index] as TestNode)
  const key = recordIds[0] as Uint8Array
  first?.vault.damage({ kind: 'ciphertext', key })
  const name = `ciphertext ${Buffer.from(key).toString('hex')}`
  const bytes = second?.vault.values.get(name) as Uint8Array
  bytes[100] = (bytes[100] as number) ^ 1
  const [reading] = await read(world, {
    via: 0,
    actor: chart,
    chart,
    recordIds: [key],
    keys: epochKeys(chart),
  })
  equal(
    reading?.faults.map(({ code }) => code),
    ['vault.damaged', 'record.ciphertext-damaged'],
  )
  equal(
    reading?.faults.map(({ holder }) => Buffer.from(holder)),
    [first, second].map((node) => Buffer.from(node?.institution.id as Uint8Array)),
  )
  is(reading && codeOf(reading.result), 'record.ciphertext-damaged')
  const others = recordIds.slice(1)
  equal(
    outcomes(await read(world, { via: 0, actor: chart, chart, recordIds: others, keys: epochKeys(chart) })),
    TEXTS.slice(1),
  )
})

test('a wrong release key is laid to its holder', async (scene) => {
  const { world, chart, recordIds } = scene
  const key = recordIds[0] as Uint8Array
  for (const index of holderIndices(scene, 'release')) {
    const { vault } = world.nodes[index] as TestNode
    await vault.putBatch([{ kind: 'release', key, value: new Uint8Array(32) }])
  }
  const [reading] = await read(world, {
    via: 0,
    actor: chart,
    chart,
    recordIds: [key],
    keys: epochKeys(chart),
  })
  equal(
    reading?.faults.map(({ leg, code }) => [leg, code]),
    Array(2).fill(['release', 'record.key-mismatch']),
  )
})

test('one side alone opens nothing', async (scene) => {
  const { world, chart, recordIds } = scene
  const request = requestFor(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  const transport = transportFor(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  const swallow = {
    ...transport,
    leg: async (
      holder: Uint8Array,
      leg: 'ciphertext' | 'release',
      signed: Parameters<typeof transport.leg>[2],
    ) => (leg === 'release' ? transport.leg(holder, leg, signed) : transport.leg(holder, 'release', signed)),
  }
  const { ciphertext, release } = holdersOf(
    scene.batchId,
    institutionsIn(world.chain.head().view),
    world.chain.institutions[0]!.id,
  )
  const holders = { ciphertext: ciphertext[0] as Uint8Array, release: release[0] as Uint8Array }
  const exchange = createStatementExchange(request, swallow, recordIds, holders)
  is(codeOf(await exchange.ciphertext()), 'disclosure.holder')
  for (const node of world.nodes) {
    const sides = (['ciphertext', 'release'] as const).map(
      (kind) => node.vault.list(kind, new Uint8Array(0)).length > 0,
    )
    equal(sides.filter(Boolean).length, 1)
  }
})

test('every attempt on a chart is logged at both holders, refusals too', async (scene) => {
  const { world, doctor, chart, recordIds } = scene
  const keys = epochKeys(chart)
  equal(countsOf(world, chart), [0, 0, 0, 0])
  await read(world, { via: 1, actor: doctor, chart, recordIds, keys })
  await read(world, { via: 1, actor: chart, chart, recordIds, keys })
  const asked = [holderIndices(scene, 'ciphertext')[0], holderIndices(scene, 'release')[0]]
  equal(
    countsOf(world, chart),
    [0, 1, 2, 3].map((index) => (asked.includes(index) ? 2 : 0)),
  )
})

test('refusals that one actor has logged are bounded, for a while', () => {
  const budget = createRefusalBudget(2)
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  for (const _ of [1, 2]) budget.spend(one, 1_000_000)
  equal([budget.isSpent(one, 1_000_001), budget.isSpent(other, 1_000_001)], [true, false])
  equal(budget.isSpent(one, 1_000_000 + 10 * 60_000), false)
})

test('a statement is served once, fresh, and by the holder it names', async (scene) => {
  const { world, chart, recordIds } = scene
  const request = requestFor(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  const signed: { statement: Uint8Array; signature: Uint8Array }[] = []
  const transport = transportFor(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  const noting = {
    ...transport,
    leg: (...args: Parameters<typeof transport.leg>) => {
      signed.push(args[2])
      return transport.leg(...args)
    },
  }
  const { ciphertext, release } = holdersOf(
    scene.batchId,
    institutionsIn(world.chain.head().view),
    world.chain.institutions[0]!.id,
  )
  const holders = { ciphertext: ciphertext[0] as Uint8Array, release: release[0] as Uint8Array }
  const exchange = createStatementExchange(request, noting, recordIds, holders)
  ok((await exchange.ciphertext()).ok)
  is(codeOf(await exchange.ciphertext()), 'disclosure.replayed')
  const index = holderIndices(scene, 'ciphertext')[0] as number
  await world.restart(index)
  await world.nodes[index]?.privacy.anchorNow()
  is(codeOf(await exchange.ciphertext()), 'disclosure.replayed')
  const elsewhere = holderIndices(scene, 'ciphertext')[1] as number
  const payload = { signed: signed[0] as (typeof signed)[number], leg: 'ciphertext' as const }
  is(codeOf(await world.ask(elsewhere, chart, disclosureLeg, payload)), 'disclosure.holder')
  const thief = await enrolAt(world, 1, 'practitioner')
  is(codeOf(await world.ask(index, thief, disclosureLeg, payload)), 'disclosure.signature')
})

test('a node whose head is old, or below the height asked for, decides nothing', async (scene) => {
  const { world, chart, recordIds } = scene
  const reading = { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) }
  world.clock.advance(31_000)
  const forItself = { ...reading, purpose: 'PATRQT' as const }
  equal(outcomes(await read(world, forItself)), Array(3).fill('disclosure.stale'))
  world.chain.beat()
  equal(outcomes(await read(world, forItself)), TEXTS)
  equal(outcomes(await read(world, reading)), TEXTS)
  const ahead = read(world, { ...reading, minHeight: world.chain.head().height + 1 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  world.chain.beat()
  equal(outcomes(await ahead), TEXTS)
})

test('a holder that cannot log discloses nothing', async (scene) => {
  const { world, chart, recordIds } = scene
  const asked = [...holderIndices(scene, 'ciphertext'), ...holderIndices(scene, 'release')]
  for (const index of asked) {
    const { log } = (world.nodes[index] as TestNode).privacy.audit
    Object.assign(log, {
      append: async () => ({ ok: false, code: 'audit.write-failed', message: 'disk full' }),
    })
  }
  const refused = await read(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) })
  equal(outcomes(refused), Array(3).fill('audit.write-failed'))
  match(refused[0]?.result.ok === false ? refused[0].result.message : '', 'did:medchain:')
})

test.run()
