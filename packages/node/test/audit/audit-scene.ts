import {
  type AuditEntry,
  auditEntryHash,
  auditEntrySchema,
  auditHeads,
  auditTag,
  decode,
  encode,
  hexFromBytes,
  importBatch,
  recordIdOf,
  unwrap,
} from '@medchain/core'
import { equal } from 'uvu/assert'
import { collectLog, collectPastHeads } from '../../src/audit/collect.ts'
import {
  type ChartAnswers,
  checkpointsFor,
  evidenceIn,
  type NodeAnswer,
} from '../../src/audit/collected-audit.ts'
import type { CollectedLog } from '../../src/audit/collected-log.ts'
import { type VerifiedAudit, verifyAudit } from '../../src/audit/verify.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestNode, untilHandedOver } from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  type TestChart,
  type TestPerson,
} from '../requests/people.ts'

/** A chart that a doctor elsewhere has read a few times. */
export interface AuditScene {
  world: Consortium
  doctor: TestPerson
  chart: TestChart
  recordIds: Uint8Array[]
}

export const createScene = async (): Promise<AuditScene> => {
  const world = await createConsortium()
  const author = await enrolAt(world, 0, 'practitioner')
  const doctor = await enrolAt(world, 1, 'practitioner')
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(world, 0, author, chart, [recordOf('one'), recordOf('two')])
  unwrap(await world.ask(0, author, importBatch, batch))
  await untilHandedOver(world, 0)
  await grantOn(world, chart, grantTerms(world, doctor.id))
  const recordIds = [0, 1].map((position) => recordIdOf(batch.batchId, position))
  return { world, doctor, chart, recordIds }
}

export const readOnce = async ({ world, doctor, chart, recordIds }: AuditScene): Promise<void> => {
  const readings = await read(world, { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) })
  equal(outcomes(readings), ['one', 'two'])
}

export const anchorAll = async ({ world }: AuditScene): Promise<void> => {
  for (const { privacy } of world.nodes) await privacy.anchorNow()
}

/** Reads, then lets time pass, so that each reading has anchors of its own. */
export const readAndAnchor = async (scene: AuditScene): Promise<void> => {
  await readOnce(scene)
  await anchorAll(scene)
  scene.world.clock.advance(1000)
}

export const tagOf = ({ chart }: AuditScene, { institution }: TestNode): Uint8Array =>
  auditTag(nodeCiphers.x25519(chart.epochSecret, institution.sealingKey) as Uint8Array, institution.id)

const clientFor = ({ world, chart }: AuditScene) => ({
  networkId: world.chain.networkId,
  actor: chart.id,
  sign: chart.sign,
  nowMs: world.clock.wallMs,
  post: (body: Uint8Array) => (world.nodes[0] as TestNode).privacy.answer(body),
})

export const askLog = async (scene: AuditScene, node: Uint8Array): Promise<NodeAnswer['answer']> => {
  const answer = await collectLog(clientFor(scene), node)
  return answer.ok ? answer.value : { code: answer.code }
}

/** The log of every node, one after the other as the patient's client asks for them; `between` runs after each. */
export const collectLogs = async (
  scene: AuditScene,
  between: (asked: number) => Promise<void> = async () => undefined,
): Promise<ChartAnswers> => {
  const { world, chart } = scene
  const { view } = world.chain.head()
  const newest = world.nodes.map(({ institution }) => view.get(auditHeads, institution.id)?.sequence ?? 0)
  const nodes: NodeAnswer[] = []
  for (const [index, node] of world.nodes.entries()) {
    const { id } = node.institution
    const answer = await askLog(scene, id)
    nodes.push({ node: id, tag: tagOf(scene, node), newestBefore: newest[index] ?? 0, answer, past: [] })
    await between(nodes.length)
  }
  return { chart: chart.id, nodes }
}

/** What every node gives of the chart, with proofs under its earlier anchors. */
export const collect = async (scene: AuditScene): Promise<ChartAnswers> =>
  withPast(scene, await collectLogs(scene))

/** The answers with proofs under earlier anchors, from the nodes themselves. */
export const withPast = async (scene: AuditScene, answers: ChartAnswers): Promise<ChartAnswers> => {
  const due = checkpointsFor(scene.world.chain.head().view, answers)
  const nodes = await Promise.all(
    answers.nodes.map(async (given): Promise<NodeAnswer> => {
      const anchors = due.get(hexFromBytes(given.node)) ?? []
      const past = await collectPastHeads(clientFor(scene), given.node, answers.chart, anchors)
      return past.ok ? { ...given, past: past.value } : given
    }),
  )
  return { ...answers, nodes }
}

export const verify = ({ world }: AuditScene, answers: ChartAnswers): VerifiedAudit => {
  const { view, ...head } = world.chain.head()
  const { networkId } = world.chain
  return verifyAudit(evidenceIn(view, head, answers, { networkId, verifier: signatureVerifier }))
}

/** Codes of the gaps with the index of the node that each names. */
export const gapsOf = (scene: AuditScene, answers: ChartAnswers): readonly (readonly [string, number])[] =>
  verify(scene, answers).gaps.map(({ node, code }) => [
    code,
    answers.nodes.findIndex((each) => Buffer.from(each.node).equals(node)),
  ])

const isLog = (answer: NodeAnswer['answer']): answer is CollectedLog => !('code' in answer)

/** The first node that has entries of the chart. */
export const busyNode = ({ nodes }: ChartAnswers): number =>
  nodes.findIndex(({ answer }) => isLog(answer) && answer.entries.length > 0)

export const replaced = (
  answers: ChartAnswers,
  index: number,
  change: Partial<NodeAnswer>,
): ChartAnswers => ({
  ...answers,
  nodes: answers.nodes.map((node, position) => (position === index ? { ...node, ...change } : node)),
})

export const logOf = ({ nodes }: ChartAnswers, index: number): CollectedLog => {
  const answer = nodes[index]?.answer
  if (!answer || !isLog(answer)) throw new Error('no log')
  return answer
}

export const decoded = ({ entries }: CollectedLog): AuditEntry[] =>
  entries.map((bytes) => unwrap(decode(auditEntrySchema, bytes)))

/** A chain of entries that holds together, whatever is in them. */
export const rechained = (entries: readonly AuditEntry[]): Uint8Array[] => {
  let previousHash: Uint8Array = new Uint8Array(32)
  return entries.map((entry, index) => {
    const linked = { ...entry, sequence: index + 1, previousHash }
    previousHash = auditEntryHash(linked)
    return encode(auditEntrySchema, linked)
  })
}
