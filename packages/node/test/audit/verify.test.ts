import { accounts, charts } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { collectLog, collectPastHeads } from '../../src/audit/collect.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import type { TestNode } from '../requests/consortium.ts'
import {
  type AuditScene,
  anchorAll,
  collect,
  createScene,
  gapsOf,
  logOf,
  readAndAnchor,
  readOnce,
  verify,
} from './audit-scene.ts'

const test = suite<AuditScene>('audit verification')

test.before.each(async (scene) => {
  Object.assign(scene, await createScene())
  for (let turn = 0; turn < 3; turn++) await readAndAnchor(scene)
})
test.after.each(({ world }) => world.close())

test('honest logs verify, with an absence proof from those that saw nothing', async (scene) => {
  const audit = verify(scene, await collect(scene))
  equal(audit.gaps, [])
  ok(audit.isVerified)
  is(audit.entries.length, 6)
})

test('honest logs verify under earlier anchors, also after a restart', async (scene) => {
  for (let index = 0; index < scene.world.nodes.length; index++) await scene.world.restart(index)
  await anchorAll(scene)
  const answers = await collect(scene)
  ok(answers.nodes.some(({ past }) => past.length >= 3))
  equal(verify(scene, answers).gaps, [])
})

test('an entry that waits for its anchor is told with its age, and named once that is overdue', async (scene) => {
  const { world } = scene
  world.chain.isCommitting = false
  await readOnce(scene)
  const steps: readonly [number, number, number][] = [
    [0, 2, 0],
    [80_000, 2, 0],
    [11_000, 0, 2],
  ]
  for (const [advanceMs, pending, overdue] of steps) {
    world.clock.advance(advanceMs)
    world.chain.beat()
    const collecting = collect(scene)
    const timers = setInterval(() => world.clock.advance(0), 5)
    world.clock.advance(0)
    const impatient = setInterval(() => world.clock.advance(500), 5)
    const answers = await collecting
    clearInterval(timers)
    clearInterval(impatient)
    const audit = verify(scene, answers)
    if (overdue === 0) ok(audit.pending.length === pending || audit.gaps.length > 0)
    else
      equal(
        audit.gaps.map(({ code }) => code),
        Array(overdue).fill('audit.unanchored'),
      )
  }
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
  equal(gapsOf(scene, await collect(scene)), [])
})

test('only the chart reads its log, and what was anchored of it', async ({ world, doctor, chart }) => {
  const post = (body: Uint8Array) => (world.nodes[0] as TestNode).privacy.answer(body)
  const client = {
    networkId: world.chain.networkId,
    actor: doctor.id,
    sign: doctor.sign,
    nowMs: world.clock.wallMs,
    post,
  }
  const node = (world.nodes[0] as TestNode).institution.id
  const refused = await collectLog(client, node)
  is(refused.ok ? '' : refused.code, 'audit.not-chart')
  const unproven = await collectPastHeads(client, node, chart.id, [1])
  ok(!unproven.ok)
  ok(world.chain.head().view.get(charts, chart.id))
  ok(world.chain.head().view.get(accounts, doctor.id))
})

test('an entry names the key that it was signed with, so that a rotation changes nothing', async (scene) => {
  const answers = await collect(scene)
  const busy = answers.nodes.findIndex(({ answer }) => !('code' in answer) && answer.entries.length > 0)
  is(logOf(answers, busy).count, 3)
  const { entries } = verify(scene, answers)
  ok(entries.every(({ entry }) => entry.signingKey?.length === 32))
})

test.run()
