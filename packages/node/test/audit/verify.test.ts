import {
  type AuditEntry,
  accounts,
  auditAnchors,
  auditEntryHash,
  auditEntrySchema,
  auditHeads,
  charts,
  decode,
  encode,
  importBatch,
  positionKey,
  recordIdOf,
  signingKeyOf,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { collectLog } from '../../src/audit/collect.ts'
import type { AuditEvidence, AuditedNode, CollectedLog } from '../../src/audit/collected-log.ts'
import { verifyAudit } from '../../src/audit/verify.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestNode } from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  type TestChart,
  type TestPerson,
} from '../requests/people.ts'

interface Scene {
  world: Consortium
  doctor: TestPerson
  chart: TestChart
  recordIds: Uint8Array[]
}

const test = suite<Scene>('audit verification')

test.before.each(async (scene) => {
  scene.world = await createConsortium()
  const author = await enrolAt(scene.world, 0, 'practitioner')
  scene.doctor = await enrolAt(scene.world, 1, 'practitioner')
  scene.chart = (await registerPatient(scene.world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(scene.world, 0, author, scene.chart, [recordOf('one'), recordOf('two')])
  unwrap(await scene.world.ask(0, author, importBatch, batch))
  await scene.world.nodes[0]?.privacy.retry()
  scene.recordIds = [0, 1].map((position) => recordIdOf(batch.batchId, position))
  await grantOn(scene.world, scene.chart, grantTerms(scene.world, scene.doctor.id))
  for (let turn = 0; turn < 3; turn++) await readOnce(scene)
})
test.after.each(({ world }) => world.close())

const readOnce = async ({ world, doctor, chart, recordIds }: Scene) => {
  const readings = await read(world, { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) })
  equal(outcomes(readings), ['one', 'two'])
}

const auditedNode = async ({ world, chart }: Scene, node: TestNode): Promise<AuditedNode> => {
  const { id, sealingKey } = node.institution
  const view = () => world.chain.head().view
  const newest = view().get(auditHeads, id)
  const client = {
    networkId: world.chain.networkId,
    actor: chart.id,
    sign: chart.sign,
    nowMs: world.clock.wallMs,
    post: (body: Uint8Array) => (world.nodes[0] as TestNode).privacy.answer(body),
  }
  const answer = await collectLog(client, id)
  const given =
    answer.ok && answer.value.anchor ? unwrap(decode(auditHeads.schema, answer.value.anchor)) : undefined
  const named = given && view().get(auditAnchors, id, positionKey(given.sequence))
  return { node: id, sealingKey, newest, named, answer: answer.ok ? answer.value : answer }
}

const evidenceOf = async (scene: Scene, nodes?: AuditedNode[]): Promise<AuditEvidence> => {
  const { world, chart } = scene
  const view = world.chain.head().view
  return {
    networkId: world.chain.networkId,
    chart: chart.id,
    epochSecret: chart.epochSecret,
    nodes: nodes ?? (await Promise.all(world.nodes.map((node) => auditedNode(scene, node)))),
    signingKeyOf: (actor) => {
      const key = signingKeyOf(view, actor)
      return key.ok ? key.value : undefined
    },
    verifier: signatureVerifier,
  }
}

const gapsOf = (evidence: AuditEvidence) =>
  verifyAudit(evidence).gaps.map(({ node, code }) => [
    code,
    evidence.nodes.findIndex((each) => Buffer.from(each.node).equals(node)),
  ])

/** The evidence with the first log that has entries changed. */
const tampered = async (scene: Scene, change: (log: CollectedLog) => CollectedLog | { code: string }) => {
  const evidence = await evidenceOf(scene)
  const liar = evidence.nodes.findIndex(({ answer }) => 'entries' in answer && answer.entries.length > 0)
  const nodes = evidence.nodes.map((node, index) =>
    index === liar && 'entries' in node.answer ? { ...node, answer: change(node.answer) } : node,
  )
  return { liar, gaps: gapsOf({ ...evidence, nodes }) }
}

/** A chain of entries that holds together, whatever is in them. */
const rechained = (entries: readonly AuditEntry[]): Uint8Array[] => {
  let previousHash: Uint8Array = new Uint8Array(32)
  return entries.map((entry, index) => {
    const linked = { ...entry, sequence: index + 1, previousHash }
    previousHash = auditEntryHash(linked)
    return encode(auditEntrySchema, linked)
  })
}

const decoded = ({ entries }: CollectedLog) => entries.map((bytes) => unwrap(decode(auditEntrySchema, bytes)))

test('honest logs verify, with an absence proof from those that saw nothing', async (scene) => {
  for (const node of scene.world.nodes) await node.privacy.anchorNow()
  const audit = verifyAudit(await evidenceOf(scene))
  equal(audit.gaps, [])
  ok(audit.isVerified)
  is(audit.entries.length, 6)
})

test('a shortened log is named, at its end, in its middle and as a whole', async (scene) => {
  const shortened: readonly ((log: CollectedLog) => CollectedLog)[] = [
    (log) => ({ ...log, entries: log.entries.slice(0, -1), count: log.count - 1 }),
    (log) => ({ ...log, entries: log.entries.filter((_, index) => index !== 1) }),
    (log) => ({ ...log, entries: rechained(decoded(log).slice(1)), count: log.count - 1 }),
    (log) => ({ ...log, entries: [], count: 0 }),
    (log) => ({ ...log, entries: log.entries.slice(0, 1) }),
  ]
  for (const change of shortened) {
    const { liar, gaps } = await tampered(scene, change)
    ok(gaps.length > 0)
    ok(
      gaps.every(([, index]) => index === liar),
      JSON.stringify(gaps),
    )
  }
})

test('a changed entry is named, also when the chain is made to fit', async (scene) => {
  const changed: readonly ((entries: AuditEntry[]) => AuditEntry[])[] = [
    (entries) => entries.map((entry) => ({ ...entry, purpose: 'HPAYMT' as const })),
    (entries) => entries.map((entry) => ({ ...entry, permitted: [], refused: entry.permitted })),
    (entries) => entries.map((entry) => ({ ...entry, timeMs: entry.timeMs + 1 })),
    (entries) => entries.map((entry) => ({ ...entry, signature: new Uint8Array(64) })),
  ]
  for (const change of changed) {
    const { liar, gaps } = await tampered(scene, (log) => ({
      ...log,
      entries: rechained(change(decoded(log))),
    }))
    ok(gaps.length > 0)
    ok(
      gaps.every(([, index]) => index === liar),
      JSON.stringify(gaps),
    )
  }
})

test('a withheld log or proof is named', async (scene) => {
  const silent = await tampered(scene, () => ({ code: 'network.unreachable' }))
  equal(silent.gaps, [['audit.withheld', silent.liar]])
  const unproven = await tampered(scene, (log) => ({ ...log, proof: undefined }))
  equal(unproven.gaps, [['audit.unproven', unproven.liar]])
  const old = await evidenceOf(scene)
  await readOnce(scene)
  for (const node of scene.world.nodes) await node.privacy.anchorNow()
  const fresh = await evidenceOf(scene)
  const liar = old.nodes.findIndex(({ answer }) => 'entries' in answer && answer.entries.length > 0)
  const nodes = fresh.nodes.map((node, index) =>
    index === liar ? { ...node, answer: (old.nodes[liar] as AuditedNode).answer } : node,
  )
  const gaps = gapsOf({ ...fresh, nodes })
  ok(
    gaps.some(([code, index]) => code === 'audit.unproven' && index === liar),
    JSON.stringify(gaps),
  )
})

test('a holder that served without logging is named by the other’s log', async (scene) => {
  const { world, chart, doctor, recordIds } = scene
  const before = world.nodes.map(({ privacy }) => privacy.audit.log.heads.head(chart.id).sequence)
  const liar = before.findIndex((count) => count > 0)
  const { log } = (world.nodes[liar] as TestNode).privacy.audit
  const { append } = log
  Object.assign(log, { append: async () => ({ ok: true, value: undefined }) })
  equal(outcomes(await read(world, { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) })), [
    'one',
    'two',
  ])
  Object.assign(log, { append })
  equal(gapsOf(await evidenceOf(scene)), [['audit.leg-missing', liar]])
})

test('a holder that was down is not accused', async (scene) => {
  const { world, chart, doctor, recordIds } = scene
  const busy = world.nodes.findIndex(({ privacy }) => privacy.audit.log.heads.head(chart.id).sequence > 0)
  world.down.add(busy)
  const via = busy === 1 ? 2 : 1
  equal(outcomes(await read(world, { via, actor: doctor, chart, recordIds, keys: epochKeys(chart) })), [
    'one',
    'two',
  ])
  world.down.clear()
  equal(gapsOf(await evidenceOf(scene)), [])
})

test('only the chart reads its log', async ({ world, doctor, chart }) => {
  const client = {
    networkId: world.chain.networkId,
    actor: doctor.id,
    sign: doctor.sign,
    nowMs: world.clock.wallMs,
  }
  const post = (body: Uint8Array) => (world.nodes[0] as TestNode).privacy.answer(body)
  const refused = await collectLog({ ...client, post }, (world.nodes[0] as TestNode).institution.id)
  is(refused.ok ? '' : refused.code, 'audit.not-chart')
  ok(world.chain.head().view.get(charts, chart.id))
  ok(world.chain.head().view.get(accounts, doctor.id))
})

test.run()
