// timeout: 420s
// long: a halt lasts half a minute before anybody acts on it, more than once
// The chain stands still and the patient cannot be asked: two clinicians declare, read, and cannot hide it.
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { waitUntil } from '../../../../test/harness/wait-until.ts'
import { type LocalConsortium, type Seat, startConsortium } from './local-consortium.ts'

const HOUR_MS = 3_600_000
const RESOURCE =
  '{"resourceType":"AllergyIntolerance","id":"a1","code":{"text":"Penicillin"},"recordedDate":"2026-01-01"}'

interface Scene {
  readonly all: LocalConsortium
  readonly maria: Seat
  readonly doctor: Seat
  readonly colleague: Seat
  readonly distant: Seat
  /** The institution of the doctor, in the home of its node. */
  readonly south: Omit<Seat, 'did'>
  readonly recordId: string
}

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
  const [clinician, maria, doctor, colleague, distant] = (await Promise.all([
    all.enrol('clinician', 'practitioner', 0),
    all.enrol('maria', 'patient', 0),
    all.enrol('doctor', 'practitioner', 1),
    all.enrol('colleague', 'practitioner', 1),
    all.enrol('distant', 'practitioner', 0),
  ])) as [Seat, Seat, Seat, Seat, Seat]
  const file = path.join(all.folder, 'allergy.json')
  await writeFile(file, RESOURCE)
  const { records } = await clinician.ask<{ records: { id: string }[] }>(
    ...['record', 'import', file, '--subject', maria.did],
  )
  const south = all.seat(all.homes[1] ?? '', 1)
  return { all, maria, doctor, colleague, distant, south, recordId: records[0]?.id ?? '' }
}

/** The code with which a command is refused. */
const refusedWith = async (seat: Omit<Seat, 'did'>, ...argv: string[]): Promise<string> => {
  const { exitCode, out, err } = await seat.run(...argv, '--json')
  assert.is.not(exitCode, 0, `${argv.join(' ')} was not refused: ${out}${err}`)
  return (JSON.parse(out) as { error: { code: string } }).error.code
}

const declaring = (maria: Seat, ...more: string[]): string[] => [
  ...['emergency', 'declare', maria.did, '--reason', 'unconscious', '--compartment', 'general'],
  ...['--text', 'Found at the roadside', '--site', 'Ambulance 7', ...more],
]

const show = (recordId: string): string[] => ['record', 'show', recordId, '--purpose', 'BTG']

interface Ended {
  readonly emergencyId: string
  readonly state: string
  readonly halted: boolean
  readonly stale: boolean
  readonly institutions: { readonly taken: number; readonly of: number }
}

const DARK = [2, 3] as const

let emergencyId = ''

test('two of four daemons are dark: one clinician alone declares nothing, and two open nothing without the custodians', async () => {
  const { all, maria, doctor, colleague, distant, recordId } = await prepared()
  for (const node of DARK) await all.stop(node)
  all.moveClock(HOUR_MS)
  assert.is(await refusedWith(doctor, ...declaring(maria)), 'emergency.alone-in-halt')
  assert.is(await refusedWith(doctor, ...declaring(maria, '--co-signer', doctor.did)), 'emergency.co-signer')
  assert.is(await refusedWith(doctor, ...declaring(maria, '--co-signer', distant.did)), 'emergency.co-signer')
  const declared = await doctor.ask<Ended>(...declaring(maria, '--co-signer', colleague.did))
  assert.equal([declared.state, declared.halted], ['awaiting', true])
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.awaiting')
  const { emergencies } = await colleague.ask<{ emergencies: { state: string; text: string }[] }>(
    ...['emergency', 'list'],
  )
  assert.equal(
    emergencies.map(({ state, text }) => [state, text]),
    [['awaiting', 'Found at the roadside']],
  )
  emergencyId = declared.emergencyId
  const signed = await colleague.ask<Ended>('emergency', 'co-sign', emergencyId)
  assert.equal([signed.state, signed.institutions], ['in-force', { taken: 2, of: 4 }])
  const alone = await doctor.run(...show(recordId))
  assert.is.not(alone.exitCode, 0)
  assert.not.match(alone.out, 'Penicillin')
})

test('the custodians are back while the chain still stands: the record opens, marked', async () => {
  const { all, doctor, recordId } = await prepared()
  // As after a lost disk: they keep what they keep, and do not vote before a quorum does.
  for (const node of DARK) {
    await rm(path.join(all.homes[node] ?? '', 'node', 'wal'), { recursive: true })
    await all.start(node)
  }
  let read = { exitCode: -1, out: '', err: '' }
  const opens = async (): Promise<boolean> => {
    read = await doctor.run(...show(recordId))
    return read.exitCode === 0
  }
  await waitUntil('the record opens', opens, { timeoutMs: 120_000 })
  assert.is(read.out, RESOURCE)
  assert.match(read.err, /stood still/)
  const closed = await doctor.ask<Ended>('emergency', 'close', emergencyId)
  assert.equal([closed.state, closed.institutions.of], ['closed', 4])
  assert.ok(closed.institutions.taken >= 3)
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.closed')
})

test('blocks come again: every node has anchored it, the patient is told, the log bears it out, it is reviewed', async () => {
  const { all, maria, doctor, colleague, south, recordId } = await prepared()
  const [told] = DARK
  await all.stop(told)
  const { height } = await all.seat(all.homes[0] ?? '', 0).ask<{ height: number }>('node', 'status')
  const operator = all.seat(all.homes[told] ?? '', told)
  const unsafe = ['--unsafe-vote-from', String(height + 1), '--i-know-that-this-may-sign-twice']
  // What waits for a block keeps a stopped daemon for as long as a commit may take.
  const recovered = async (): Promise<boolean> =>
    (await operator.run('node', 'recover', '--apply', ...unsafe)).exitCode === 0
  await waitUntil('its memory is made anew', recovered, { timeoutMs: 120_000 })
  await all.start(told)
  await all.advance(1000)
  const listed = () =>
    maria.ask<{ emergencies: { emergencyId: string; state: string; coSigner: string; halted: boolean }[] }>(
      ...['emergency', 'list'],
    )
  await waitUntil('the emergency is on the chain', async () => (await listed()).emergencies.length > 0)
  assert.equal(
    (await listed()).emergencies.map((each) => [each.emergencyId, each.state, each.coSigner, each.halted]),
    [[emergencyId, 'expired', colleague.did, true]],
  )
  const { notices } = await maria.ask<{
    notices: { kind: string; actor: string; emergency: { text: string } }[]
  }>('notices')
  assert.equal(
    notices.map(({ kind, actor, emergency }) => [kind, actor, emergency.text]),
    [
      ['emergency.declared', doctor.did, 'Found at the roadside'],
      ['emergency.co-signed', colleague.did, 'Found at the roadside'],
    ],
  )
  assert.is(await refusedWith(doctor, ...show(recordId)), 'emergency.expired')
  const again = await doctor.ask<{ state: string }>(...declaring(maria))
  assert.is(again.state, 'in-force')
  assert.is((await doctor.run(...show(recordId))).exitCode, 0)
  await all.advance(120_000)
  const audit = await maria.ask<{
    verified: boolean
    gaps: unknown[]
    entries: { leg: string; basis: string; outcome: string; actor: string; marks: string[] }[]
  }>(...['audit', '--verify', '--limit', '1000'])
  assert.equal([audit.verified, audit.gaps], [true, []])
  const stale = audit.entries.filter(
    ({ actor, basis, marks }) => actor === doctor.did && basis === 'emergency' && marks.includes('stale'),
  )
  for (const leg of ['share', 'ciphertext', 'release'])
    assert.ok(
      stale.some((entry) => entry.leg === leg && entry.outcome === 'permit'),
      leg,
    )
  const reviewed = await south.run('emergency', 'review', emergencyId, '--unjustified', '--json')
  assert.is(reviewed.exitCode, 0, reviewed.out)
})

test.run()
