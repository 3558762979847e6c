// timeout: 300s
// What a patient says against a record: told to whoever may read it, and gone with it.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bytesFromBase32, bytesFromText, didFromAccountId, equalBytes, unwrap } from '@medchain/core'
import type { RunningDaemon } from '@medchain/node'
import { test } from 'uvu'
import { equal, is, match, not, ok } from 'uvu/assert'
import { waitUntil } from '../../../../test/harness/wait-until.ts'
import { runCommand } from '../run-command.ts'
import { markersOf, type OpenedHome, openHome, scanHome } from './deep-scan.ts'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const CITY = 2
const DAY_MS = 86_400_000

const LABORATORY = '"category":[{"coding":[{"code":"laboratory"}]}]'
const resultOf = (id: string, name: string): string =>
  `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"${name}"},${LABORATORY}}`

const WORDS = 'This blood was never mine: quillwort-4711.'

interface Told {
  readonly id: string
  readonly by: string
  readonly role: string
  readonly text: string | null
}

interface Row {
  readonly id: string
  readonly title: string
  readonly disputed: string | null
  readonly disputes: readonly Told[]
}

const consortium = await startConsortium()
test.after(consortium.close)
const { folder, apiUrls, passphrase, enrol, advance, daemons, homes, stop } = consortium
const maria = await enrol('maria', 'patient', NORTH)
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const consultant = await enrol('consultant', 'practitioner', SOUTH)
const nurse = await enrol('nurse', 'practitioner', CITY)
const mother = await enrol('mother', 'guardian', SOUTH)
const stranger = await enrol('stranger', 'practitioner', SOUTH)

const failure = async (who: Seat, ...argv: string[]): Promise<string> => {
  const { exitCode, out } = await who.run(...argv, '--json')
  return `${exitCode} ${JSON.parse(out).error?.code}`
}

const listed = async (who: Seat, ...argv: string[]): Promise<readonly Row[]> =>
  (await who.ask<{ records: Row[] }>('records', ...argv)).records

const saidOf = async (who: Seat, id: string): Promise<readonly Told[]> =>
  (await who.ask<Row>('record', 'show', id)).disputes

interface Bundle {
  readonly entry: readonly {
    readonly resource: {
      readonly resourceType: string
      readonly about?: readonly { readonly identifier: { readonly value: string } }[]
      readonly payload?: readonly { readonly contentString: string }[]
    }
  }[]
}

let wrong = ''
let other = ''
let dispute = ''
let kept = ''

test('two results stand in the laboratory; one doctor reads it all, others one listed record', async () => {
  const imported: string[] = []
  for (const [id, name] of [
    ['o1', 'Glucose'],
    ['o2', 'Sodium'],
  ] as const) {
    const file = path.join(folder, `${id}.json`)
    await writeFile(file, resultOf(id, name))
    const argv = ['record', 'import', file, '--subject', maria.did, '--compartment', 'laboratory']
    const { records } = await clinician.ask<{ records: Row[] }>(...argv)
    imported.push(records[0]?.id ?? '')
  }
  ;[wrong = '', other = ''] = imported
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory', '--until', '30d')
  await maria.ask('grant', consultant.did, '--record', wrong, '--until', '30d')
  const city = didFromAccountId((daemons[CITY] as RunningDaemon).services.institution)
  await maria.ask('grant', city, '--record', wrong, '--until', '30d')
})

test('the patient disputes a record, in words from a file, and those who may read it hear so', async () => {
  const file = path.join(folder, 'words.txt')
  await writeFile(file, `${WORDS}\n`)
  const made = await maria.ask<{ id: string; disputed: string; height: number }>(
    ...['record', 'dispute', wrong, '--text-file', file],
  )
  dispute = made.id
  is(made.disputed, wrong)
  ok(made.height > 0)
  for (const reader of [maria, clinician, doctor, consultant, nurse]) {
    equal(
      (await saidOf(reader, wrong)).map(({ id, role, text }) => [id, role, text]),
      [[dispute, 'patient', WORDS]],
      reader.home,
    )
  }
  const { exitCode, out, err } = await doctor.run('record', 'show', wrong)
  equal([exitCode, out], [0, resultOf('o1', 'Glucose')])
  match(err, /Disputed by the patient/)
  match(err, /quillwort-4711/)
  equal(await saidOf(doctor, other), [])
})

test('it is a record of its own, after its record', async () => {
  const rows = await listed(doctor, '--subject', maria.did)
  equal(
    rows.map(({ id, disputed, disputes }) => [id, disputed, disputes.length]).sort(),
    [
      [wrong, null, 1],
      [other, null, 0],
      [dispute, wrong, 0],
    ].sort(),
  )
  const file = path.join(folder, 'chart.json')
  await doctor.ask('chart', maria.did, '--compartment', 'laboratory', '--out', file)
  const { entry } = JSON.parse(await readFile(file, 'utf8')) as Bundle
  const said = entry
    .map(({ resource }) => resource)
    .find(({ resourceType }) => resourceType === 'Communication')
  equal([said?.about?.[0]?.identifier.value, said?.payload?.[0]?.contentString], [wrong, WORDS])
  equal((await listed(consultant)).map(({ id }) => id).sort(), [wrong, dispute].sort())
})

test('a reader without a grant hears nothing, and nobody but the patient disputes for the patient', async () => {
  for (const id of [wrong, dispute]) is(await failure(stranger, 'record', 'show', id), '3 consent.none')
  const said = ['--text', 'No.']
  is(await failure(stranger, 'record', 'dispute', wrong, ...said), '3 consent.none')
  is(await failure(doctor, 'record', 'dispute', wrong, ...said), '3 consent.none')
  is(await failure(clinician, 'record', 'dispute', wrong, ...said), '3 records.own-record')
  is(await failure(maria, 'record', 'dispute', dispute, ...said), '2 records.of-dispute')
  is(await failure(clinician, 'record', 'supersede', dispute), '3 records.not-author')
  is(await failure(clinician, 'record', 'move', dispute, '--compartment', 'hiv'), '3 records.not-author')
  is(await failure(maria, 'grant', doctor.did, '--record', dispute), '2 records.of-dispute')
})

test('words come from standard input as well, and from one place', async () => {
  const env = {
    MEDCHAIN_HOME: maria.home,
    MEDCHAIN_NODE: apiUrls[NORTH] ?? '',
    MEDCHAIN_PASSPHRASE: passphrase,
  }
  const surroundings = { env, nowMs: consortium.wallMs(), input: ' Wrong tube.\n' }
  const { exitCode, out } = await runCommand(['record', 'dispute', other, '--json'], surroundings)
  is(exitCode, 0, out)
  const { id } = JSON.parse(out) as Row
  equal(
    (await saidOf(doctor, other)).map(({ text }) => text),
    ['Wrong tube.'],
  )
  await maria.ask('erase', id, '--yes')
  is(await failure(maria, 'record', 'dispute', other), '2 usage.text')
  const twice = ['--text', 'No.', '--text-file', 'words.txt']
  is(await failure(maria, 'record', 'dispute', other, ...twice), '2 usage.text')
  is(await failure(maria, 'record', 'dispute', other, '--text-file', folder), '2 usage.text')
})

test('whoever may write in the chart disputes what another institution wrote', async () => {
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory', '--mode', 'write', '--until', '30d')
  const made = await doctor.ask<Row>('record', 'dispute', other, '--text', 'Not our tube.')
  kept = made.id
  // The patient's own waits to be erased, and is read until then.
  equal(
    (await saidOf(clinician, other)).slice(1).map(({ by, role, text }) => [by, role, text]),
    [[doctor.did, 'practitioner', 'Not our tube.']],
  )
})

test('a guardian disputes in the patient’s place, after the chart has begun a new epoch too', async () => {
  const { grantId } = await maria.ask<{ grantId: string }>(
    ...['grant', stranger.did, '--compartment', 'laboratory', '--until', '30d'],
  )
  await maria.ask('revoke', grantId)
  const until = ['--until', new Date(consortium.wallMs() + 60 * DAY_MS).toISOString()]
  const compartments = ['--compartment', 'laboratory']
  await maria.ask('guardian', 'add', mother.did, '--kind', 'parent', ...compartments, ...until)
  const said = ['--text', 'She was abroad that day.', '--for', maria.did]
  await mother.ask('record', 'dispute', wrong, ...said)
  for (const reader of [maria, clinician, consultant, mother]) {
    const told = await saidOf(reader, wrong)
    equal(
      told.map(({ role }) => role),
      ['patient', 'guardian'],
      reader.home,
    )
    is(told[1]?.text, 'She was abroad that day.', reader.home)
  }
  is(await failure(stranger, 'record', 'show', wrong), '3 consent.revoked')
})

test('erased, the record takes with it what disputed it', async () => {
  await maria.ask('erase', wrong, '--yes')
  await advance(4 * DAY_MS)
  await waitUntil('every institution has destroyed it and signed for it', async () => {
    const { erasures } = await maria.ask<{ erasures: { state: string }[] }>('erasures')
    return erasures.every(({ state }) => state === 'erased' || state === 'cancelled')
  })
  for (const id of [wrong, dispute]) is(await failure(maria, 'record', 'show', id), '4 record.erased')
  equal(
    (await saidOf(doctor, other)).map(({ text }) => text),
    ['Not our tube.'],
    'one was erased alone',
  )
  const rows = await listed(maria)
  not.ok(rows.some(({ id }) => id === wrong || id === dispute))
  const audit = await maria.ask<{ verified: boolean }>('audit', '--verify')
  is(audit.verified, true)
})

test('no node keeps anything of it; what disputes another record is with its holders', async () => {
  for (const node of homes.keys()) await stop(node)
  const opened = await Promise.all(homes.map(openHome))
  const kindsOf = (id: string): readonly string[] => {
    const recordId = unwrap(bytesFromBase32(id))
    const of = ({ key }: { readonly key: Uint8Array }) =>
      equalBytes(key.subarray(0, recordId.length), recordId)
    return [...new Set(opened.flatMap(({ values }) => values.filter(of).map(({ kind }) => kind)))].sort()
  }
  equal(kindsOf(kept), ['ciphertext', 'envelope', 'release'])
  equal([wrong, dispute].map(kindsOf), [[], []])
  // What is there of the other dispute is found; no word of either, nor of the records, stands anywhere in the clear.
  const { networkId } = (daemons[NORTH] as RunningDaemon).services
  const recordId = unwrap(bytesFromBase32(kept))
  const live = await markersOf(opened, opened[NORTH] as OpenedHome, networkId, recordId)
  const words = [WORDS, 'Not our tube.', 'Wrong tube.'].map((text) => [text, bytesFromText(text)] as const)
  const found = new Set<string>()
  for (const [node, home] of opened.entries()) {
    const { institution } = (daemons[node] as RunningDaemon).services
    const names = await scanHome(home, { networkId, institution }, new Map([...live, ...words]))
    for (const name of names) found.add(name)
  }
  const stored = ['ciphertext', 'envelope', 'header', 'k1 for the author', 'k1 for the chart', 'k2']
  equal([...found].sort(), stored)
})

test.run()
