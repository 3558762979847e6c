// timeout: 420s
// Somebody acts for a patient, within bounds and in the audit; and a patient who lost everything comes back.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const CITY = 2
const DAY_MS = 86_400_000

const glucose =
  '{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":5.10},"category":[{"coding":[{"code":"laboratory"}]}]}'
const condition = '{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"}}'
const bundle = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${glucose}},{"resource":${condition}}]}`

interface Row {
  readonly id: string
  readonly compartment: string
}

interface Recovery {
  readonly stage: string
  readonly ready?: number
  readonly announced: { readonly vetoed: boolean } | null
}

const consortium = await startConsortium()
const { folder, enrol, advance } = consortium
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const maria = await enrol('maria', 'patient', NORTH)
const mother = await enrol('mother', 'guardian', SOUTH)
const friend = await enrol('friend', 'guardian', NORTH)
const uncle = await enrol('uncle', 'guardian', CITY)
const file = path.join(folder, 'chart.json')
await writeFile(file, bundle)
await clinician.ask('record', 'import', file, '--subject', maria.did)
const { records } = await maria.ask<{ records: readonly Row[] }>('records')
const idOf = (compartment: string): string => records.find((row) => row.compartment === compartment)?.id ?? ''

test.after(consortium.close)

const refusal = async (seat: Pick<Seat, 'run'>, ...argv: string[]): Promise<string> => {
  const { exitCode, out } = await seat.run(...argv, '--json')
  is(exitCode === 0, false, `${argv.join(' ')} was not refused`)
  return (JSON.parse(out) as { error: { code: string } }).error.code
}

const inDays = (days: number): string =>
  new Date(consortium.wallMs() + days * DAY_MS).toISOString().slice(0, 10)

test('a mother reads, grants and revokes in her child’s place, and all of it is in the audit', async () => {
  const compartments = ['--compartment', 'laboratory,general']
  is(await refusal(mother, 'records', '--for', maria.did), 'consent.none')
  await maria.ask('guardian', 'add', mother.did, '--kind', 'parent', ...compartments, '--until', inDays(60))
  const { guardianships } = await mother.ask<{ guardianships: { state: string; compartment: string }[] }>(
    'guardian',
    'list',
  )
  equal(guardianships.map(({ state, compartment }) => `${state} ${compartment}`).sort(), [
    'active general',
    'active laboratory',
  ])
  const seen = await mother.ask<{ records: readonly Row[] }>('records', '--for', maria.did)
  equal(seen.records.map(({ id }) => id).sort(), records.map(({ id }) => id).sort())
  is((await mother.run('record', 'show', idOf('laboratory'), '--for', maria.did)).out, glucose)
  const grant = ['grant', doctor.did, '--compartment', 'laboratory', '--for', maria.did]
  is(await refusal(uncle, ...grant), 'guardian.none')
  const { grantId } = await mother.ask<{ grantId: string }>(...grant)
  is((await doctor.run('record', 'show', idOf('laboratory'))).out, glucose)
  await mother.ask('revoke', grantId, '--for', maria.did)
  is(await refusal(doctor, 'record', 'show', idOf('laboratory')), 'consent.revoked')
  const audit = await mother.ask<{ entries: { actor: string; basis: string }[]; verified: boolean }>(
    'audit',
    '--verify',
    '--for',
    maria.did,
  )
  ok(audit.verified)
  ok(audit.entries.some(({ actor, basis }) => actor === mother.did && basis === 'guardian'))
})

test('what the patient keeps to herself is closed to a guardian; whoever is removed is out, and stays out', async () => {
  await maria.ask('guardian', 'reserve', '--compartment', 'general')
  is(await refusal(mother, 'record', 'show', idOf('general'), '--for', maria.did), 'guardian.reserved')
  const { grantId } = await mother.ask<{ grantId: string }>(
    ...['grant', doctor.did, '--compartment', 'laboratory', '--for', maria.did],
  )
  is((await doctor.run('record', 'show', idOf('laboratory'))).exitCode, 0)
  const removed = await maria.ask<{ rotation: string; grantsGiven: string[] }>(
    ...['guardian', 'remove', mother.did],
  )
  equal([removed.rotation, removed.grantsGiven], ['sealed', [grantId]])
  is(await refusal(doctor, 'record', 'show', idOf('laboratory')), 'consent.revoked')
  is(await refusal(mother, 'record', 'show', idOf('laboratory'), '--for', maria.did), 'guardian.ended')
  is(
    await refusal(mother, 'grant', doctor.did, '--compartment', 'laboratory', '--for', maria.did),
    'guardian.ended',
  )
})

test('a proxy acts once two clinicians have said that the patient cannot', async () => {
  await maria.ask('guardian', 'add', uncle.did, '--kind', 'proxy', '--compartment', 'laboratory')
  const show = ['record', 'show', idOf('laboratory'), '--for', maria.did]
  is(await refusal(uncle, ...show), 'guardian.not-activated')
  await clinician.ask('guardian', 'activate', maria.did, uncle.did)
  is(await refusal(uncle, ...show), 'guardian.not-activated')
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory')
  await doctor.ask('guardian', 'activate', maria.did, uncle.did)
  is((await uncle.run(...show)).out, glucose)
})

test('a recovery is prepared, a guardian leaves it, and a stranger’s attempt is vetoed', async () => {
  const setup = await maria.ask<{ ready: string[]; missing: string[] }>(
    ...['recover', 'setup', '--guardian', [mother.did, friend.did, uncle.did].join(','), '--delay', '2d'],
  )
  equal([setup.ready.length, setup.missing], [6, []])
  await maria.ask('guardian', 'remove', uncle.did)
  const status = await maria.ask<Recovery>('recover', 'status')
  equal([status.stage, status.ready], ['ready', 3])
  const thief = consortium.seat(path.join(folder, 'thief'), CITY)
  const ticket = path.join(folder, 'thief.ticket.json')
  const { digits } = await thief.ask<{ digits: string }>('recover', 'start', 'maria', '--out', ticket)
  const approve = ['recover', 'approve', ticket, '--digits']
  is(await refusal(uncle, ...approve, digits), 'recover.not-guardian')
  is(await refusal(mother, ...approve, '00000 00000 00000 00000 00000 00000'), 'recover.digits')
  await mother.ask(...approve, digits)
  await friend.ask(...approve, digits)
  is((await maria.ask<Recovery>('recover', 'status')).stage, 'waiting')
  await maria.ask('recover', 'veto')
  await advance(3 * DAY_MS)
  const waiting = await thief.ask<Recovery>('recover', 'status', 'maria')
  equal([waiting.stage, waiting.announced?.vetoed], ['vetoed', true])
})

test('a lost phone: guardians approve, the delay passes, new words read the old records, the old ones are refused', async () => {
  await maria.ask('recover', 'setup', '--guardian', [mother.did, friend.did].join(','), '--delay', '1d')
  const anew = consortium.seat(path.join(folder, 'anew'), SOUTH)
  const ticket = path.join(folder, 'maria.ticket.json')
  const words = path.join(folder, 'anew.words')
  const { digits } = await anew.ask<{ digits: string }>(
    ...['recover', 'start', 'maria', '--out', ticket, '--words-file', words],
  )
  is(await refusal(anew, 'recover', 'finish', 'maria'), 'recover.not-open')
  await mother.ask('recover', 'approve', ticket, '--digits', digits)
  is(await refusal(anew, 'recover', 'finish', 'maria'), 'recover.not-open', 'one guardian of two')
  await friend.ask('recover', 'approve', ticket, '--digits', digits)
  is(await refusal(anew, 'recover', 'finish', 'maria'), 'recover.early')
  await advance(DAY_MS + 60_000)
  const back = await anew.ask<{ did: string; charts: number }>('recover', 'finish', 'maria')
  equal([back.did, back.charts > 10], [maria.did, true])
  is((await anew.run('record', 'show', idOf('laboratory'))).out, glucose)
  is((await doctor.run('record', 'show', idOf('laboratory'))).out, glucose, 'grants still stand')
  is(await refusal(maria, 'records'), 'identity.rotated')
  await writeFile(path.join(folder, 'more.json'), condition.replace('c1', 'c2'))
  await clinician.ask('record', 'import', path.join(folder, 'more.json'), '--subject', maria.did)
  is((await anew.ask<{ records: readonly Row[] }>('records')).records.length, records.length + 1)
  is((await anew.ask<Recovery>('recover', 'status')).stage, 'closed')
})

test.run()
