// timeout: 420s
// Real daemons, real commands: new words for people who may have lost the old ones to a thief, and what the old ones
// open afterwards. Another machine restores everything from the new words, at any node, also without the sponsor's.
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { runCommand } from '../run-command.ts'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const LABORATORY = 2

interface Row {
  readonly id: string
  readonly compartment: string
}

const consortium = await startConsortium()
const { folder, enrol, seat } = consortium
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const maria = await enrol('maria', 'patient', NORTH)
/** The thief has the words, and a copy of the machine. */
const thief = seat(path.join(folder, 'thief'), NORTH)

test.after(consortium.close)

const observation = (id: string): string =>
  `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"${id}"},"category":[{"coding":[{"code":"laboratory"}]}]}`

const importOne = async (id: string): Promise<string> => {
  const file = path.join(folder, `${id}.json`)
  await writeFile(file, observation(id))
  const { records } = await clinician.ask<{ records: Row[] }>(
    'record',
    'import',
    file,
    '--subject',
    maria.did,
  )
  return records[0]?.id ?? ''
}

const restore = (from: string, name: string, node: number) => {
  const home = path.join(folder, name)
  const { apiUrls, wallMs } = consortium
  const env = {
    MEDCHAIN_HOME: home,
    MEDCHAIN_NODE: apiUrls[node] ?? '',
    MEDCHAIN_PASSPHRASE: 'another passphrase',
  }
  const run = async (...argv: string[]) => {
    const input = argv[1] === 'restore' ? await readFile(path.join(folder, from), 'utf8') : ''
    const { exitCode, out, err } = await runCommand([...argv, '--json'], { env, input, nowMs: wallMs() })
    return { exitCode, json: JSON.parse(out), err }
  }
  return { run, restored: () => run('id', 'restore', name) }
}

const codeOf = async (who: Pick<Seat, 'run'>, ...argv: string[]) => {
  const { exitCode, out } = await who.run(...argv, '--json')
  return [exitCode, JSON.parse(out).error?.code]
}

const rows: string[] = []

test('a patient’s rotation gives every chart a new controller and epoch, and the DID stays', async () => {
  rows.push(await importOne('first'))
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory')
  await cp(maria.home, thief.home, { recursive: true })
  const words = path.join(folder, 'maria-2.words')
  const before = await maria.ask<{ signingKey: string }>('id', 'show', 'maria')
  const rotated = await maria.ask<{ did: string; charts: number; signingKey: string }>(
    ...['id', 'rotate', 'maria', '--words-file', words],
  )
  equal([rotated.did, rotated.charts], [maria.did, 13])
  not.equal(rotated.signingKey, before.signingKey)
  equal((await maria.ask<{ signingKey: string }>('id', 'show')).signingKey, rotated.signingKey)
  rows.push(await importOne('second'))
  equal((await maria.ask<{ records: Row[] }>('records')).records.map(({ id }) => id).sort(), [...rows].sort())
  for (const id of rows)
    equal((await doctor.run('record', 'show', id)).exitCode, 0, 'who was granted reads on')
})

test('the machine with the old keys is refused everything, and told why', async () => {
  for (const argv of [['records'], ['grants'], ['grant', doctor.did, '--compartment', 'general']])
    equal(await codeOf(thief, ...argv), [3, 'identity.rotated'], argv.join(' '))
  equal(await codeOf(thief, 'id', 'rotate', 'maria'), [3, 'identity.rotated'])
  const { exitCode } = await thief.run('record', 'show', rows[1] ?? '')
  ok(exitCode !== 0)
})

test('the old words say that they were replaced', async () => {
  for (const node of [NORTH, SOUTH]) {
    const { exitCode, json } = await restore('maria.words', `old-${node}`, node).restored()
    equal([exitCode, json.error?.code], [3, 'identity.rotated'])
    match(json.error?.hint ?? '', /new words/)
  }
})

test('the new words restore all at another institution’s node while the sponsor’s is down', async () => {
  await consortium.stop(NORTH)
  try {
    const machine = restore('maria-2.words', 'maria-again', LABORATORY)
    const { exitCode, json, err } = await machine.restored()
    equal([exitCode, json.did, json.charts, err], [0, maria.did, 13, ''])
    const { json: listed } = await machine.run('records')
    equal(listed.records.map(({ id }: Row) => id).sort(), [...rows].sort())
    const { json: given } = await machine.run('grants')
    ok(given.grants.some(({ grantee }: { grantee: string }) => grantee === doctor.did))
  } finally {
    await consortium.start(NORTH)
  }
})

test('an account rotates on the chain, reads on what was sealed to it before, and is restored from the new words', async () => {
  const words = path.join(folder, 'doctor-2.words')
  const { did } = await doctor.ask<{ did: string }>('id', 'rotate', 'doctor', '--words-file', words)
  equal(did, doctor.did)
  const [id = ''] = rows
  equal((await doctor.run('record', 'show', id)).exitCode, 0)
  const again = restore('doctor-2.words', 'doctor-again', SOUTH)
  const { json } = await again.restored()
  equal([json.did, json.role], [doctor.did, 'practitioner'])
  equal((await again.run('records', '--subject', maria.did)).json.records.length, rows.length)
  const old = await restore('doctor.words', 'doctor-old', SOUTH).restored()
  equal([old.exitCode, old.json.error?.code], [3, 'identity.rotated'])
})

test('a second rotation goes on from the first, and from where it was interrupted', async () => {
  const words = path.join(folder, 'maria-3.words')
  const rotate = ['id', 'rotate', 'maria', '--words-file', words]
  const atSouth = seat(maria.home, SOUTH)
  await consortium.stop(NORTH)
  const [exitCode] = await codeOf(atSouth, ...rotate).finally(() => consortium.start(NORTH))
  equal(exitCode, 5, 'the institution that registered her is away')
  const drawn = await readFile(words, 'utf8')
  equal((await atSouth.run('records')).exitCode, 0, 'meanwhile the keys before are in force')
  const { did, charts } = await atSouth.ask<{ did: string; charts: number }>(...rotate)
  equal([did, charts, await readFile(words, 'utf8')], [maria.did, 13, drawn])
  for (const id of rows) equal((await maria.run('record', 'show', id)).exitCode, 0)
  for (const from of ['maria.words', 'maria-2.words']) {
    const { exitCode: code, json } = await restore(from, `old-${from}`, NORTH).restored()
    equal([code, json.error?.code], [3, 'identity.rotated'], from)
  }
})

test.run()
