// timeout: 420s
// The patient cannot be asked: a doctor of another hospital declares, reads, and is seen to have done so.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type LocalConsortium, type Seat, startConsortium } from './local-consortium.ts'

interface Scene {
  readonly all: LocalConsortium
  readonly maria: Seat
  readonly doctor: Seat
  readonly colleague: Seat
  readonly distant: Seat
  readonly officer: Seat
  /** The institution of the doctor, in the home of its node. */
  readonly south: Omit<Seat, 'did'>
  readonly recordId: string
}

const RESOURCE =
  '{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"Penicillin"},"recordedDate":"2026-01-01"}'

let made: Promise<Scene> | undefined
const prepared = (): Promise<Scene> => {
  made ??= prepare()
  return made
}
test.after(async () => {
  await (await made)?.all.close()
})

const prepare = async (): Promise<Scene> => {
  const all = await startConsortium()
  const [clinician, maria, doctor, colleague, officer, distant] = (await Promise.all([
    all.enrol('clinician', 'practitioner', 0),
    all.enrol('maria', 'patient', 0),
    all.enrol('doctor', 'practitioner', 1),
    all.enrol('colleague', 'practitioner', 1),
    all.enrol('officer', 'practitioner', 1),
    all.enrol('distant', 'practitioner', 0),
  ])) as [Seat, Seat, Seat, Seat, Seat, Seat]
  const file = path.join(all.folder, 'allergy.json')
  await writeFile(file, RESOURCE)
  const { records } = await clinician.ask<{ records: { id: string }[] }>(
    ...['record', 'import', file, '--subject', maria.did],
  )
  const south = all.seat(all.homes[1] ?? '', 1)
  return { all, maria, doctor, colleague, officer, distant, south, recordId: records[0]?.id ?? '' }
}

/** The code with which a command is refused. */
const refusedWith = async (seat: Omit<Seat, 'did'>, ...argv: string[]): Promise<string> => {
  const { exitCode, out, err } = await seat.run(...argv, '--json')
  assert.is.not(exitCode, 0, `${argv.join(' ')} was not refused: ${out}${err}`)
  return (JSON.parse(out) as { error: { code: string } }).error.code
}

const declareFor = (doctor: Seat, maria: Seat, ...more: string[]) =>
  doctor.ask<{ set: string; emergencyId: string; state: string; emergencies: { compartment: string }[] }>(
    ...['emergency', 'declare', maria.did, '--reason', 'unconscious'],
    ...['--text', 'Found at the roadside', '--site', 'Ambulance 7', ...more],
  )

const show = (recordId: string): string[] => ['record', 'show', recordId, '--purpose', 'BTG']

interface Readiness {
  readonly charts: readonly {
    readonly compartment: string
    readonly eligible: boolean
    readonly institutions: readonly { readonly epochs: readonly number[] }[]
  }[]
  readonly ready: number
  readonly needed: number
}

const readiness = (patient: Seat): Promise<Readiness> => patient.ask('emergency', 'readiness')

interface Entry {
  readonly leg: string
  readonly basis: string
  readonly outcome: string
  readonly purpose: string
  readonly actor: string
  readonly nodeName: string
}

test('a registered patient is ready: every custodian holds its share', async () => {
  const { maria } = await prepared()
  const { charts, ready, needed } = await readiness(maria)
  assert.equal([ready, needed], [4, 3])
  const open = charts.filter(({ eligible }) => eligible).map(({ compartment }) => compartment)
  assert.equal(open, ['claims', 'general', 'genomics', 'imaging', 'laboratory', 'medication', 'monitoring'])
})

test('unconscious: declared elsewhere, read, noticed, closed, reviewed, and all of it verifies', async () => {
  const { all, maria, doctor, colleague, officer, south, recordId } = await prepared()
  assert.is(await refusedWith(doctor, ...show(recordId)), 'consent.none')
  assert.is(
    await refusedWith(maria, 'emergency', 'declare', maria.did, '--reason', 'no-time', '--text', 'x'),
    'emergency.not-clinician',
  )
  // One custodian of four is away all the while.
  await all.stop(3)
  const { set, emergencyId, state, emergencies } = await declareFor(doctor, maria)
  assert.is(state, 'in-force')
  assert.is(emergencies.length, 7)
  const { records } = await doctor.ask<{ records: { id: string }[] }>(
    ...['records', '--subject', maria.did, '--purpose', 'BTG'],
  )
  assert.equal(
    records.map(({ id }) => id),
    [recordId],
  )
  const read = await doctor.run(...show(recordId))
  assert.equal([read.exitCode, read.out], [0, RESOURCE])
  assert.is(await refusedWith(colleague, ...show(recordId)), 'consent.none')
  assert.is(await refusedWith(doctor, 'record', 'show', recordId), 'consent.none')
  await all.start(3)

  const told = await maria.run('records')
  assert.match(told.err, /Notices wait for you/)
  const { notices, groups } = await maria.ask<{
    groups: { set: string; notices: string[] }[]
    notices: { kind: string; actor: string; emergency: { text: string; site: string; state: string } }[]
  }>('notices')
  assert.is(notices.length, 7)
  assert.equal(
    groups.map((group) => [group.set, group.notices.length]),
    [[set, 7]],
  )
  const inbox = await maria.run('notices')
  for (const part of [set.slice(0, 12), 'Found at the roadside', 'claims, general, genomics'])
    assert.is(inbox.out.split(part).length, 2, `told once: ${part}`)
  for (const { kind, actor, emergency } of notices) {
    assert.equal([kind, actor], ['emergency.declared', doctor.did])
    assert.equal(
      [emergency.text, emergency.site, emergency.state],
      ['Found at the roadside', 'Ambulance 7', 'in-force'],
    )
  }

  const closed = await doctor.ask<{ state: string }>('emergency', 'close', emergencyId)
  assert.is(closed.state, 'closed')
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.closed')
  assert.is(
    await refusedWith(doctor, 'emergency', 'review', emergencyId, '--justified'),
    'emergency.not-reviewer',
  )
  await south.ask('emergency', 'officer', officer.did)
  await officer.ask('emergency', 'review', set, '--justified')
  const shown = await maria.run('emergency', 'show', set.slice(0, 6))
  assert.match(shown.out, new RegExp(`Emergency +${set}`))
  assert.match((await maria.run('emergency', 'list')).out, new RegExp(set.slice(0, 12)))

  const listed = await maria.ask<{ emergencies: { state: string; review: string; reviewedBy: string }[] }>(
    ...['emergency', 'list'],
  )
  assert.is(listed.emergencies.length, 7)
  for (const each of listed.emergencies)
    assert.equal([each.state, each.review, each.reviewedBy], ['closed', 'justified', officer.did])

  // The patient's client has opened a new epoch of what the doctor had keys to, and split its key.
  const after = await readiness(maria)
  assert.equal([after.ready, after.needed], [4, 3])
  for (const { eligible, institutions } of after.charts)
    if (eligible)
      assert.equal(
        institutions.map(({ epochs }) => epochs),
        Array(4).fill([0, 1]),
      )

  const audit = await maria.ask<{
    verified: boolean
    gaps: unknown[]
    entries: Entry[]
    emergencies: { declarer: string; text: string }[]
  }>(...['audit', '--verify', '--limit', '1000'])
  assert.is(audit.emergencies.length, 7)
  for (const { declarer, text } of audit.emergencies)
    assert.equal([declarer, text], [doctor.did, 'Found at the roadside'])
  assert.equal([audit.verified, audit.gaps], [true, []])
  assert.ok(
    audit.entries.some(({ actor, leg }) => actor === doctor.did && leg === 'lookup'),
    'who looked for the charts is there',
  )
  const own = audit.entries.filter(({ actor, basis }) => actor === doctor.did && basis === 'emergency')
  const releases = own.filter(({ leg, outcome }) => leg === 'share' && outcome === 'permit')
  assert.is(releases.length, 21, 'three custodians released their shares of seven charts')
  for (const leg of ['ciphertext', 'release'])
    assert.ok(own.some((entry) => entry.leg === leg && entry.outcome === 'permit' && entry.purpose === 'BTG'))
  assert.ok(
    own.some(({ outcome }) => outcome === 'deny'),
    'the refusal after the end is there',
  )
})

test('a co-signer on another machine puts it in force; it ends by time', async () => {
  const { all, maria, doctor, distant, recordId } = await prepared()
  const { emergencyId, state } = await declareFor(
    doctor,
    maria,
    ...['--compartment', 'general', '--co-signer', distant.did, '--for', '10m'],
  )
  assert.is(state, 'awaiting')
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.awaiting')
  await distant.ask('emergency', 'co-sign', emergencyId)
  const read = await doctor.run(...show(recordId))
  assert.equal([read.exitCode, read.out], [0, RESOURCE])
  await all.advance(11 * 60_000)
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.expired')
})

test('the patient ends an emergency, and opts out of the next', async () => {
  const { maria, doctor, recordId } = await prepared()
  const { emergencyId } = await declareFor(doctor, maria)
  assert.is((await doctor.run(...show(recordId))).exitCode, 0)
  await maria.ask('emergency', 'close', emergencyId)
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.closed')
  await maria.ask('notices', '--acknowledge')
  assert.equal((await maria.ask<{ notices: unknown[] }>('notices')).notices, [])
  await maria.ask('emergency', 'opt-out')
  assert.is(
    await refusedWith(doctor, 'emergency', 'declare', maria.did, '--reason', 'no-time', '--text', 'again'),
    'emergency.no-charts',
  )
})

test.run()
