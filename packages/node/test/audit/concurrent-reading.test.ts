import { auditHeads, decode, encode, hexFromBytes, unwrap } from '@medchain/core'
import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { type ChartAnswers, checkpointsFor, cutAnew, holdersBehind } from '../../src/audit/collected-audit.ts'
import type { TestNode } from '../requests/consortium.ts'
import {
  type AuditScene,
  anchorAll,
  askLog,
  busyNode,
  collectLogs,
  createScene,
  gapsOf,
  logOf,
  readAndAnchor,
  readOnce,
  replaced,
  verify,
  withPast,
} from './audit-scene.ts'

const test = suite<AuditScene>('an audit while somebody reads')

test.before.each(async (scene) => {
  Object.assign(scene, await createScene())
  for (let turn = 0; turn < 3; turn++) await readAndAnchor(scene)
})
test.after.each(({ world }) => world.close())

/** Asks the holders that lack a leg again, as the patient's client does. */
const askedAgain = async (scene: AuditScene, given: ChartAnswers): Promise<ChartAnswers> => {
  const answers = cutAnew(scene.world.chain.head().view, given)
  const due = new Set(holdersBehind(answers).map(hexFromBytes))
  const nodes = await Promise.all(
    answers.nodes.map(async (each) =>
      due.has(hexFromBytes(each.node)) ? { ...each, answer: await askLog(scene, each.node) } : each,
    ),
  )
  return { ...answers, nodes }
}

const pastDue = ({ world }: AuditScene, answers: ChartAnswers) =>
  checkpointsFor(world.chain.head().view, answers)

test('entries and anchors made after the answers accuse nobody', async (scene) => {
  const answers = await collectLogs(scene)
  await readAndAnchor(scene)
  equal(gapsOf(scene, await withPast(scene, answers)), [])
})

test('anchors made after the earlier ones were proven are not asked about', async (scene) => {
  await readOnce(scene)
  const plain = await collectLogs(scene)
  const due = pastDue(scene, plain)
  const answers = await withPast(scene, plain)
  ok(answers.nodes.some(({ past }) => past.length > 0))
  for (let turn = 0; turn < 2; turn++) await readAndAnchor(scene)
  equal(pastDue(scene, plain), due)
  equal(gapsOf(scene, answers), [])
})

for (const turn of [1, 2, 3])
  test(`a reading after ${turn} answers is missed at nobody, and settled by asking again`, async (scene) => {
    const plain = await collectLogs(scene, async (asked) => {
      if (asked === turn) await readAndAnchor(scene)
    })
    equal(gapsOf(scene, await withPast(scene, plain)), [])
    const again = await withPast(scene, await askedAgain(scene, plain))
    const audit = verify(scene, again)
    equal([audit.gaps, audit.pending, audit.entries.length % 2], [[], [], 0])
  })

test('readings at every answer, also those to holders asked again, accuse nobody', async (scene) => {
  const busy = () => readAndAnchor(scene)
  const plain = await collectLogs(scene, busy)
  equal(gapsOf(scene, await withPast(scene, plain)), [])
  await busy()
  const again = await askedAgain(scene, plain)
  await busy()
  equal(gapsOf(scene, await withPast(scene, again)), [])
})

test('an anchor that is not on the chain raises no cut', async (scene) => {
  const plain = await collectLogs(scene)
  const liar = busyNode(plain)
  const log = logOf(plain, liar)
  const anchor = unwrap(decode(auditHeads.schema, log.anchor as Uint8Array))
  const answer = { ...log, anchor: encode(auditHeads.schema, { ...anchor, sequence: 1_000_000 }) }
  const { view } = scene.world.chain.head()
  const cut = cutAnew(view, replaced(plain, liar, { answer }))
  equal(cut.nodes[liar]?.newestBefore, 3)
  const none = { entries: [], count: 0, anchor: undefined, proof: undefined }
  const gaps = gapsOf(scene, replaced(cut, liar, { answer: none }))
  ok(gaps.some(([code, index]) => code === 'audit.unproven' && index === liar))
})

/** A reading of which one holder logs nothing, anchored; answers which. */
const readWithoutLeg = async (scene: AuditScene): Promise<number> => {
  const busy = busyNode(await collectLogs(scene))
  const { log } = (scene.world.nodes[busy] as TestNode).privacy.audit
  const { append } = log
  Object.assign(log, { append: async () => ({ ok: true, value: undefined }) })
  await readOnce(scene)
  Object.assign(log, { append })
  await anchorAll(scene)
  return busy
}

test('a leg that is missing before the cut is still an open question that names its holder', async (scene) => {
  const busy = await readWithoutLeg(scene)
  const plain = await collectLogs(scene, () => readAndAnchor(scene))
  const again = await withPast(scene, await askedAgain(scene, plain))
  equal(gapsOf(scene, again), [['audit.leg-missing', busy]])
})

test('in a long log the cut is proven too, and what it covers is missed', async (scene) => {
  // So many that the cut is none of the anchors after the sampled entries.
  for (let turn = 4; turn < 40; turn++) await readAndAnchor(scene)
  const busy = await readWithoutLeg(scene)
  const plain = await collectLogs(scene, () => readAndAnchor(scene))
  equal(gapsOf(scene, await withPast(scene, plain)), [['audit.leg-missing', busy]])
})

test.run()
