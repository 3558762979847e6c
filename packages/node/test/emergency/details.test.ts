// What is said of an emergency off the chain, who may read it, and how the patient learns of it (BG10).
import {
  type AuditEntry,
  auditEntrySchema,
  decode,
  emergencyCharts,
  emergencyDescribe,
  emergencyDetailsOf,
  encode,
  noticeAcknowledge,
  noticeList,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { verifyChain } from '../../src/audit/verify-chain.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import type { TestNode } from '../requests/consortium.ts'
import { enrolAt } from '../requests/people.ts'
import { codeOf, createEmergencyWorld, type EmergencyWorld } from './emergency-world.ts'

const opened: EmergencyWorld[] = []
const open = async (): Promise<EmergencyWorld> => {
  const made = await createEmergencyWorld()
  opened.push(made)
  return made
}
test.after(async () => {
  for (const { world } of opened) await world.close()
})

test('a clinician finds the open charts of a person at the institution that registered them', async () => {
  const { world, doctor, person, chart } = await open()
  const charts = unwrap(await world.ask(1, doctor, emergencyCharts, { person: person.id }, 0))
  assert.equal(charts, [{ compartment: 'general', chart: chart.id }])
  const ask = { person: person.id }
  assert.is(codeOf(await world.ask(1, doctor, emergencyCharts, ask)), 'directory.unknown')
  for (const role of ['researcher', 'guardian'] as const) {
    const other = await enrolAt(world, 1, role)
    assert.is(codeOf(await world.ask(1, other, emergencyCharts, ask, 0)), 'emergency.not-clinician')
  }
  const nobody = { person: new Uint8Array(32) }
  assert.is(codeOf(await world.ask(1, doctor, emergencyCharts, nobody, 0)), 'directory.unknown')
})

test('who looks for a person’s charts is in the log of each that was told, and of no other', async () => {
  const { world, doctor, chart, person } = await open()
  const logOf = async (at: number, of: Uint8Array) => {
    const log = unwrap(await (world.nodes[at] as TestNode).privacy.audit.log.read(of, 0, 10))
    return log.map((bytes) => unwrap(decode(auditEntrySchema, bytes)))
  }
  const found = unwrap(await world.ask(1, doctor, emergencyCharts, { person: person.id }, 0))
  assert.is(found.length, 1)
  const [entry, ...rest] = await logOf(0, chart.id)
  assert.equal(
    [entry?.leg, entry?.actor, entry?.purpose, entry?.code, rest.length],
    ['lookup', doctor.id, 'BTG', 'permit', 0],
  )
  assert.equal(await logOf(1, chart.id), [])
  const evidence = (actor: Uint8Array, networkId = world.chain.networkId) => ({
    networkId,
    chart: chart.id,
    nodes: [],
    head: { height: 0, timeMs: 0 },
    isKeyOf: (id: Uint8Array) => Buffer.from(id).equals(Buffer.from(actor)),
    presentKeyOf: () => undefined,
    emergencyOf: () => undefined,
    verifier: signatureVerifier,
  })
  const node = world.nodes[0]?.institution.id as Uint8Array
  const check = (changes: Partial<AuditEntry>, networkId?: Uint8Array) => {
    const bytes = encode(auditEntrySchema, { ...(entry as AuditEntry), ...changes })
    const log = { entries: [bytes], count: 1, anchor: undefined, proof: undefined }
    return verifyChain(node, log, evidence(doctor.id, networkId)).gaps.map(({ code }) => code)
  }
  assert.equal(check({}), [])
  assert.equal(check({ actor: chart.id }), ['audit.forged'])
  assert.equal(check({ leg: 'share' }), ['audit.forged'])
  assert.equal(check({ signature: new Uint8Array(64) }), ['audit.forged'])
  assert.equal(check({}, new Uint8Array(32)), ['audit.forged'])
})

test('who looks up one person after another is stopped', async () => {
  const { world, doctor } = await open()
  let code = ''
  for (let each = 0; each < 40 && code !== 'request.busy'; each++)
    code = codeOf(await world.ask(1, doctor, emergencyCharts, { person: new Uint8Array(32) }, 0))
  assert.is(code, 'request.busy')
})

test('text and site go to both institutions, to be read by who has a part in it', async () => {
  const { world, doctor, chart, declare, describe } = await open()
  const { id, details } = await declare(doctor, chart)
  assert.is(await describe(doctor, id, { ...details, text: 'something else' }), 'emergency.details')
  assert.is(await describe(doctor, id, details), 'ok')
  const elsewhere = await world.ask(1, doctor, emergencyDescribe, { id, details }, 3)
  assert.is(codeOf(elsewhere), 'emergency.details')
  const colleague = await enrolAt(world, 1, 'practitioner')
  assert.is(await describe(colleague, id, details), 'emergency.details')
  const read = async (actor: typeof doctor, at: number) =>
    unwrap(await world.ask(1, actor, emergencyDetailsOf, { ids: [id] }, at)).map((each) => each.details.text)
  for (const at of [0, 1]) {
    assert.equal(await read(doctor, at), ['found unconscious'])
    assert.equal(await read(chart, at), ['found unconscious'])
    assert.equal(await read(colleague, at), [])
    for (const { id: officer, sign } of world.chain.institutions.slice(0, 2))
      assert.equal(await read({ id: officer, sign }, at), ['found unconscious'])
    const institute = world.chain.institutions[3] as (typeof world.chain.institutions)[number]
    assert.equal(await read({ id: institute.id, sign: institute.sign }, at), [])
  }
})

test('an emergency without a reason in words is not taken', async () => {
  const { doctor, chart, declare, describe } = await open()
  const { id, details } = await declare(doctor, chart)
  assert.is(await describe(doctor, id, { ...details, text: '  ' }), 'emergency.no-reason')
})

test('the patient is told until it is acknowledged, also after a restart; others are not', async () => {
  const { world, doctor, person, chart, declare, close } = await open()
  const kinds = async (actor: typeof person) =>
    unwrap(await world.ask(1, actor, noticeList, [], 0)).map(({ kind }) => kind)
  assert.equal(await kinds(person), [])
  const { id } = await declare(doctor, chart)
  assert.equal(await kinds(person), ['emergency.declared'])
  assert.equal(await kinds(doctor), [])
  await world.restart(0)
  const [notice] = unwrap(await world.ask(0, person, noticeList, []))
  assert.equal([notice?.reference, notice?.chart, notice?.actor], [id, chart.id, doctor.id])
  unwrap(await world.ask(0, person, noticeAcknowledge, { ids: [notice?.id as Uint8Array] }))
  assert.equal(await kinds(person), [])
  await close(doctor, id)
  assert.equal(await kinds(person), ['emergency.closed'])
  await world.restart(0)
  assert.equal(await kinds(person), ['emergency.closed'])
})

test.run()
