import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const ABSENT = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

const glucose =
  '{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":5.10},"category":[{"coding":[{"code":"laboratory"}]}]}'
const condition = '{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"}}'
const bundle = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${glucose}},{"resource":${condition}},{"resource":{"resourceType":"Nothing","id":"x"}}]}`

interface Row {
  readonly id: string
  readonly title: string
  readonly compartment: string
}

const consortium = await startConsortium()
const { folder, enrol } = consortium
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const maria = await enrol('maria', 'patient', NORTH)
const file = path.join(folder, 'chart.json')
await writeFile(file, bundle)
const rows: Row[] = []
const idOf = (compartment: string): string => rows.find((row) => row.compartment === compartment)?.id ?? ''

test.after(consortium.close)

test('an import with a broken entry is partly done, and imports nothing twice', async () => {
  for (const expected of [
    [2, 0],
    [0, 2],
  ]) {
    const { exitCode, out } = await clinician.run('record', 'import', file, '--subject', maria.did, '--json')
    const { imported, skipped, failed } = JSON.parse(out)
    equal(
      [exitCode, imported, skipped, failed.length, failed[0].code],
      [8, ...expected, 1, 'fhir.resource-type'],
    )
  }
})

test('the patient lists the records, page by page, and reads one byte for byte', async () => {
  let cursor: string[] = []
  for (const isLast of [false, true]) {
    const page = await maria.ask<{ records: Row[]; next: string | null }>(
      'records',
      '--limit',
      '1',
      ...cursor,
    )
    equal([page.records.length, page.next === null], [1, isLast])
    rows.push(...page.records)
    cursor = ['--cursor', page.next ?? '']
  }
  equal(rows.map(({ title }) => title).sort(), ['Condition: Asthma', 'Observation: Glucose'])
  equal((await maria.run('record', 'show', idOf('laboratory'))).out, glucose)
})

test('a stranger hears the same of a record that exists and of one that does not', async () => {
  const [real, absent] = [
    await doctor.run('record', 'show', idOf('laboratory')),
    await doctor.run('record', 'show', ABSENT),
  ]
  equal(real, absent)
  equal(real.exitCode, 3)
  match(real.err, /\[consent\.none\]/)
})

test('a grant opens its compartment for its purpose, a grant of one record that record', async () => {
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory', '--until', '30d')
  const out = path.join(folder, 'glucose.json')
  await doctor.ask('record', 'show', idOf('laboratory'), '--out', out)
  equal(await readFile(out, 'utf8'), glucose)
  const other = await doctor.run('record', 'show', idOf('laboratory'), '--purpose', 'HPAYMT')
  equal([other.exitCode, /\[consent\.purpose\]/.test(other.err)], [3, true])
  equal((await doctor.run('record', 'show', idOf('general'))).exitCode, 3)
  await maria.ask('grant', doctor.did, '--record', idOf('general'), '--until', '30d')
  equal((await doctor.run('record', 'show', idOf('general'))).out, condition)
  const { records } = await doctor.ask<{ records: Row[] }>('records', '--subject', maria.did)
  equal(records.length, 2)
})

test('a file is found among the records by what the chain commits to', async () => {
  const out = path.join(folder, 'glucose.json')
  equal((await maria.ask<{ id: string }>('record', 'verify', out)).id, idOf('laboratory'))
  await writeFile(out, glucose.replace('5.10', '5.1 '))
  equal((await maria.run('record', 'verify', out)).exitCode, 6)
})

test('the whole chart as a Bundle of the resources’ own texts', async () => {
  const out = path.join(folder, 'all.json')
  equal((await maria.ask<{ records: number }>('chart', 'maria', '--out', out)).records, 2)
  const text = await readFile(out, 'utf8')
  ok(text.includes(glucose) && text.includes(condition))
})

test('revoked is refused with its reason, and explained', async () => {
  const { grants } = await maria.ask<{ grants: { grantId: string; compartments: string[] }[] }>('grants')
  const own = grants.find(({ compartments }) => compartments.join() === 'laboratory')
  await maria.ask('revoke', own?.grantId ?? '')
  const refused = await doctor.run('record', 'show', idOf('laboratory'))
  equal([refused.exitCode, /\[consent\.revoked\]/.test(refused.err)], [3, true])
  const answer = await maria.ask<{ code: string }>(
    'explain',
    '--actor',
    doctor.did,
    '--record',
    idOf('laboratory'),
  )
  equal(answer.code, 'consent.revoked')
})

test('the audit shows both legs of everything and verifies', async () => {
  let verified = false
  for (let tries = 0; tries < 20 && !verified; tries++) {
    const { out } = await maria.run('audit', '--verify', '--json')
    verified = JSON.parse(out).verified
    // The newest entries are anchored every few seconds.
    if (!verified) await delay(1000)
  }
  ok(verified)
  const { entries } = await maria.ask<{ entries: { actor: string; leg: string; code: string }[] }>('audit')
  const legs = new Set(entries.filter(({ actor }) => actor === doctor.did).map(({ leg }) => leg))
  equal([...legs].sort(), ['ciphertext', 'release'])
  ok(entries.some(({ code }) => code === 'consent.revoked'))
})

test.run()
