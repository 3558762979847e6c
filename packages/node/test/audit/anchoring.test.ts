import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  auditAnchors,
  auditEntrySchema,
  auditHeads,
  decode,
  encode,
  importBatch,
  positionKey,
  recordIdOf,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { examineAuditLog } from '../../src/audit/examine-log.ts'
import { encodeFrame, scanFrames } from '../../src/audit/frame.ts'
import { decodeLogRecord, encodeLogRecord } from '../../src/audit/log-record.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestNode, untilHandedOver } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestChart } from '../requests/people.ts'

interface Scene {
  world: Consortium
  chart: TestChart
  recordIds: Uint8Array[]
  busy: number
}

const test = suite<Scene>('audit anchoring')

test.before.each(async (scene) => {
  scene.world = await createConsortium()
  const author = await enrolAt(scene.world, 0, 'practitioner')
  scene.chart = (await registerPatient(scene.world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(scene.world, 0, author, scene.chart, [recordOf('one')])
  unwrap(await scene.world.ask(0, author, importBatch, batch))
  await untilHandedOver(scene.world, 0)
  scene.recordIds = [recordIdOf(batch.batchId, 0)]
  await readAll(scene)
  scene.busy = scene.world.nodes.findIndex(
    ({ privacy }) => privacy.audit.log.heads.head(scene.chart.id).sequence > 0,
  )
})
test.after.each(({ world }) => world.close())

const readAll = async ({ world, chart, recordIds }: Scene) =>
  outcomes(await read(world, { via: 0, actor: chart, chart, recordIds, keys: epochKeys(chart) }))

const nodeOf = ({ world, busy }: Scene) => world.nodes[busy] as TestNode
const newest = (scene: Scene) => scene.world.chain.head().view.get(auditHeads, nodeOf(scene).institution.id)
const logOf = (scene: Scene) => path.join(nodeOf(scene).folder, 'audit', '00000001.audit')
const details = async (scene: Scene) =>
  (await examineAuditLog(path.dirname(logOf(scene)), nodeOf(scene).privacy.ownAnchors())).map(
    ({ message }) => message,
  )

test('what is new is anchored, once', async (scene) => {
  const { privacy } = nodeOf(scene)
  is(newest(scene), undefined)
  is(await privacy.anchorNow(), false)
  const first = newest(scene)
  is(first?.sequence, 1)
  is(await privacy.anchorNow(), false)
  equal(newest(scene), first)
  await readAll(scene)
  await privacy.anchorNow()
  is(newest(scene)?.sequence, 2)
  equal(await details(scene), [])
})

test('after a restart nothing is served before the tail is anchored', async (scene) => {
  const { world, busy } = scene
  world.chain.isCommitting = false
  await world.restart(busy)
  const ready = nodeOf(scene).privacy.audit.isReady()
  is(ready.ok ? '' : ready.code, 'audit.not-ready')
  world.chain.isCommitting = true
  await nodeOf(scene).privacy.anchorNow()
  ok(nodeOf(scene).privacy.audit.isReady().ok)
  equal(await readAll(scene), ['one'])
})

test('an anchoring that seemed to fail and was committed late does no harm', async (scene) => {
  const { world } = scene
  const { privacy, institution } = nodeOf(scene)
  const { submit } = world.chain
  let late: Uint8Array | undefined
  Object.assign(world.chain, {
    submit: async (bytes: Uint8Array) => {
      late = bytes
      return { ok: false, code: 'node.unconfirmed', message: 'not yet' }
    },
  })
  is(await privacy.anchorNow(), true)
  Object.assign(world.chain, { submit })
  unwrap(await submit(late as Uint8Array))
  await readAll(scene)
  is(await privacy.anchorNow(), false)
  is(newest(scene)?.sequence, 2)
  ok(world.chain.head().view.get(auditAnchors, institution.id, positionKey(1)))
  await world.restart(scene.busy)
  await nodeOf(scene).privacy.anchorNow()
  ok(nodeOf(scene).privacy.audit.isReady().ok)
  equal(await details(scene), [])
})

test('a log cut below its anchor is damaged: at the start, at use and for the doctor', async (scene) => {
  const { world, busy } = scene
  await nodeOf(scene).privacy.anchorNow()
  const bytes = readFileSync(logOf(scene))
  const frames = [...scanFrames(bytes)]
  for (const offset of [frames.at(-1)?.offset as number, 0]) {
    writeFileSync(logOf(scene), bytes)
    truncateSync(logOf(scene), offset)
    match((await details(scene)).join(), 'anchor 1')
    await world.restart(busy)
    const ready = nodeOf(scene).privacy.audit.isReady()
    is(ready.ok ? '' : ready.code, 'audit.damaged')
  }
  equal(await readAll(scene), ['one'])
})

test('an entry exchanged for another sound one is found by the doctor', async (scene) => {
  await nodeOf(scene).privacy.anchorNow()
  equal(await details(scene), [])
  const frames = [...scanFrames(readFileSync(logOf(scene)))]
  const exchanged = frames.flatMap((frame) => {
    if (frame.type !== 'sound') return []
    const record = unwrap(decodeLogRecord(frame.payload))
    if (record.type !== 'entry') return [frame.payload]
    const entry = { ...unwrap(decode(auditEntrySchema, record.entry)), purpose: 'HPAYMT' as const }
    return [encodeLogRecord({ type: 'entry', entry: encode(auditEntrySchema, entry) })]
  })
  writeFileSync(logOf(scene), Buffer.concat(exchanged.map(encodeFrame)))
  match((await details(scene)).join(), 'not those of anchor 1')
})

test.run()
