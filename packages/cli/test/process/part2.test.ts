// timeout: 300s
// 42 CFR Part 2: the written consent goes with the disclosure, whoever gives the grant and however.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { didFromAccountId, part2Programs } from '@medchain/core'
import type { RunningDaemon } from '@medchain/node'
import { test } from 'uvu'
import { equal, is, match, not, ok } from 'uvu/assert'
import { waitUntil } from '../../../../test/harness/wait-until.ts'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const CITY = 2
const DAY_MS = 86_400_000
const CHART = ['--compartment', 'substance-use']

interface Copy {
  readonly grantId: string
  readonly elements: { readonly [element: string]: string }
  readonly salt: string
}

interface Shown {
  readonly part2?: { readonly consent: readonly string[]; readonly copies: readonly Copy[] }
}

const consortium = await startConsortium()
test.after(consortium.close)
const { folder, homes, daemons, enrol } = consortium
const idOfNode = (node: number): Uint8Array => (daemons[node] as RunningDaemon).services.institution
const maria = await enrol('maria', 'patient', NORTH)
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const specialist = await enrol('specialist', 'practitioner', SOUTH)
const surgeon = await enrol('surgeon', 'practitioner', SOUTH)
const nurse = await enrol('nurse', 'practitioner', CITY)
const mother = await enrol('mother', 'guardian', SOUTH)

const failure = async (who: Pick<Seat, 'run'>, ...argv: string[]): Promise<string> => {
  const { exitCode, out } = await who.run(...argv, '--json')
  return `${exitCode} ${JSON.parse(out).error?.code}`
}

const imported = async (id: string): Promise<string> => {
  const file = path.join(folder, `${id}.json`)
  const resource = { resourceType: 'Observation', id, status: 'final', effectiveDateTime: '2026-03-01' }
  await writeFile(file, JSON.stringify({ ...resource, code: { text: `Visit ${id}` } }))
  const argv = ['record', 'import', file, '--subject', maria.did, ...CHART]
  const { records } = await clinician.ask<{ records: { id: string }[] }>(...argv)
  return records[0]?.id ?? ''
}

const consentFile = path.join(folder, 'part2.json')
const ELEMENTS = {
  patient: 'Maria Silva',
  description: 'Visits for substance use disorder',
  rightToRevoke: 'At any time, in writing.',
  signature: 'Maria Silva, by hand',
}
const PART2 = ['--part2', consentFile]
const copiesFor = async (who: Seat, record: string): Promise<readonly Copy[]> =>
  (await who.ask<Shown>('record', 'show', record)).part2?.copies ?? []

let before = ''
let visit = ''
let first = ''

test('a grant by dates is given before the hospital is a programme', async () => {
  await writeFile(consentFile, JSON.stringify(ELEMENTS))
  before = await imported('before')
  await maria.ask('grant', surgeon.did, ...CHART, '--data-from', '2026-01-01')
  is((await surgeon.run('record', 'show', before)).exitCode, 0)
})

test('with the grant a copy goes to recipient, programme and patient, and with each disclosure', async () => {
  const config = path.join(homes[NORTH] ?? '', 'node.json')
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace('"part2Program": false', '"part2Program": true'))
  await consortium.stop(NORTH)
  await consortium.start(NORTH)
  const isDeclared = () =>
    daemons.every(({ services }) => services.ledger.view().get(part2Programs, idOfNode(NORTH)))
  await waitUntil('the declaration', isDeclared)
  visit = await imported('visit')
  is(await failure(maria, 'grant', doctor.did, ...CHART), '3 consent.part2')
  const given = await maria.ask<{ grantId: string }>('grant', doctor.did, ...CHART, ...PART2)
  first = given.grantId
  const { part2 } = await doctor.ask<Shown>('record', 'show', visit)
  const [copy] = part2?.copies ?? []
  ok(copy)
  equal([copy.grantId, copy.elements['signature']], [first, ELEMENTS.signature])
  equal([copy.elements['discloser'], copy.elements['purpose']], ['north-hospital', 'TREAT'])
  match(part2?.consent.join(' ') ?? '', /for TREAT, from .* until /)
  match((await doctor.run('record', 'show', visit)).err, /the patient’s signature: Maria Silva, by hand/)
  for (const party of [maria, doctor, clinician]) {
    const { copies } = await party.ask<{ copies: readonly Copy[] }>('consent', 'copy', first)
    equal([copies[0]?.salt, copies[0]?.elements], [copy.salt, copy.elements], party.home)
  }
  for (const other of [nurse, specialist, mother])
    is(await failure(other, 'consent', 'copy', first), '4 consent.no-copy')
})

test('staff of an institution that has the grant are given its copy', async () => {
  await maria.ask('grant', didFromAccountId(idOfNode(CITY)), ...CHART, ...PART2)
  const [copy] = await copiesFor(nurse, visit)
  is(copy?.elements['patient'], ELEMENTS.patient)
})

test('a guardian’s grant needs the elements as well', async () => {
  const until = new Date(consortium.wallMs() + 60 * DAY_MS).toISOString()
  await maria.ask('guardian', 'add', mother.did, '--kind', 'parent', ...CHART, '--until', until)
  const grant = ['grant', specialist.did, ...CHART, '--for', maria.did]
  is(await failure(mother, ...grant), '3 consent.part2')
  is(await failure(specialist, 'record', 'show', visit), '3 consent.none')
  const { grantId } = await mother.ask<{ grantId: string }>(...grant, ...PART2)
  equal(
    (await copiesFor(specialist, visit)).map((copy) => copy.grantId),
    [grantId],
  )
  await mother.ask('revoke', grantId, '--for', maria.did)
})

test('so does a FHIR Consent that is imported', async () => {
  const file = path.join(folder, 'consent.json')
  await maria.ask('consent', 'export', first, '--out', file)
  await maria.ask('revoke', first)
  is(await failure(doctor, 'record', 'show', visit), '3 consent.revoked')
  is(await failure(maria, 'consent', 'import', file), '3 consent.part2')
  const { sets } = await maria.ask<{ sets: readonly { grantId: string }[] }>(
    'consent',
    'import',
    file,
    ...PART2,
  )
  equal(
    (await copiesFor(doctor, visit)).map(({ grantId }) => grantId),
    [sets[0]?.grantId],
  )
})

test('what comes later joins a grant by dates under its consent, and no grant without one', async () => {
  const dated = ['grant', specialist.did, ...CHART, '--data-from', '2026-01-01']
  is(await failure(maria, ...dated), '3 consent.part2')
  await maria.ask(...dated, ...PART2)
  const later = await imported('later')
  const { exitCode, err } = await maria.run('grants')
  is(exitCode, 0, err)
  match(err, /2 records under 42 CFR Part 2 are not added .*\[consent\.part2\]/)
  const copies = await copiesFor(specialist, later)
  ok(copies.length > 0)
  ok(copies.every(({ elements }) => elements['signature'] === ELEMENTS.signature))
  is((await surgeon.run('record', 'show', before)).exitCode, 0)
  not.equal(await failure(surgeon, 'record', 'show', later), '0 undefined')
})

test.run()
