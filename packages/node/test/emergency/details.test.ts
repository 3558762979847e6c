// What is said of an emergency off the chain, who may read it, and how the patient learns of it (BG10).
import {
  emergencyCharts,
  emergencyDescribe,
  emergencyDetailsOf,
  noticeAcknowledge,
  noticeList,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
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
