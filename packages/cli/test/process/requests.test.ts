// timeout: 300s
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { accountIdFromInception, didFromAccountId } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { test } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const DAY_MS = 86_400_000

const glucose =
  '{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Glucose"},"category":[{"coding":[{"code":"laboratory"}]}]}'

interface Received {
  readonly id: string
  readonly compartments: readonly string[]
  readonly from: {
    readonly name: string | null
    readonly attested: boolean
    readonly institutionName: string
    readonly licence: { readonly number: string } | null
  }
}
interface SentOne {
  readonly id: string
  readonly state: string
  readonly answer: { readonly reason: string | null; readonly grantId: string | null } | null
}

const consortium = await startConsortium()
const { folder, enrol, seat, homes } = consortium
const maria = await enrol('maria', 'patient', NORTH)
const clinician = await enrol('clinician', 'practitioner', NORTH)
const north = seat(homes[NORTH] ?? '', NORTH)
const south = seat(homes[SOUTH] ?? '', SOUTH)
const doctor: Omit<Seat, 'did'> = seat(path.join(folder, 'doctor'), SOUTH)
const chart = path.join(folder, 'glucose.json')
await writeFile(chart, glucose)
let doctorDid = ''

test.after(consortium.close)

/** What waits for Maria, once `count` requests have come. */
const inbox = async (count: number): Promise<readonly Received[]> => {
  for (let tries = 0; ; tries++) {
    const { requests } = await maria.ask<{ requests: Received[] }>('requests')
    if (requests.length === count || tries === 100) return requests
    await delay(100)
  }
}

const sentOnce = async (id: string, state: string): Promise<SentOne | undefined> => {
  for (let tries = 0; ; tries++) {
    const { requests } = await doctor.ask<{ requests: SentOne[] }>('requests', '--sent')
    const found = requests.find((each) => each.id === id)
    if (found?.state === state || tries === 100) return found
    await delay(100)
  }
}

const failure = async (who: Omit<Seat, 'did'>, ...argv: string[]): Promise<string> => {
  const { exitCode, out } = await who.run(...argv, '--json')
  return `${exitCode} ${JSON.parse(out).error?.code}`
}

test('the institution makes keys without words, attests name and licence, and a stranger checks them', async () => {
  const file = path.join(folder, 'lopez.medchain-id')
  const enrolled = await south.ask<{ did: string; state: string; txId: string }>(
    ...['staff', 'enroll', 'Dr Ana Lopez', '--role', 'practitioner', '--licence', 'A-4711', '--file', file],
  )
  doctorDid = enrolled.did
  is(enrolled.state, 'active')
  is((await doctor.ask<{ did: string }>('id', 'import', 'lopez', file)).did, doctorDid)
  is(await failure(doctor, 'id', 'show', 'lopez', '--reveal-words'), '2 words.not-kept')
  const known = await maria.ask<Record<string, unknown>>('whois', doctorDid)
  equal(
    [known['name'], known['attested'], known['sponsorName'], (known['licence'] as { number: string }).number],
    ['Dr Ana Lopez', true, 'south-hospital', 'A-4711'],
  )
  const unknown = await maria.run('whois', clinician.did)
  match(unknown.out, /Name +unknown: its institution attests none/)
})

test('a card is enough where its owner registers afterwards', async () => {
  const nurse = seat(path.join(folder, 'nurse'), NORTH)
  await nurse.ask('id', 'create', 'nurse', '--role', 'practitioner', '--no-words')
  const card = path.join(folder, 'nurse.card.json')
  await nurse.ask('id', 'card', '--out', card)
  const { state } = await north.ask<{ state: string }>('staff', 'enroll', card, '--name', 'Nurse Joy')
  is(state, 'approved')
  await nurse.ask('register')
  const { staff } = await north.ask<{ staff: { name: string; state: string }[] }>('staff', 'list')
  equal(
    staff.map(({ name, state: now }) => [name, now]),
    [['Nurse Joy', 'active']],
  )
  is((await north.ask<{ status: string }>('staff', 'suspend', 'Nurse Joy')).status, 'suspended')
  is(await failure(nurse, 'request-access', maria.did, '--compartment', 'general'), '3 identity.suspended')
  await north.ask('staff', 'restore', 'Nurse Joy')
  await north.ask('staff', 'forget', 'Nurse Joy')
  is(await failure(north, 'staff', 'suspend', 'Nurse Joy'), '4 contact.not-found')
  is(await failure(nurse, 'staff', 'list'), '2 config.missing')
})

test('a number of the institution stands for the patient, for its staff', async () => {
  await clinician.ask('subject', 'link', '00417-22', maria.did)
  const { imported } = await clinician.ask<{ imported: number }>(
    'record',
    'import',
    chart,
    '--subject',
    '00417-22',
  )
  is(imported, 1)
  equal(await north.ask('subject', 'list'), { subjects: [{ mrn: '00417-22', did: maria.did }] })
  is(await failure(doctor, 'record', 'import', chart, '--subject', '00417-22'), '4 contact.not-found')
})

test('asked, shown with the attested name, approved in part, read', async () => {
  const asked = await doctor.ask<{ id: string; state: string }>(
    ...['request-access', maria.did, '--compartment', 'laboratory,general', '--until', '30d'],
    ...['--reason', 'Your appointment of Monday'],
  )
  is(asked.state, 'pending')
  const [received] = await inbox(1)
  equal(
    [received?.id, received?.from.name, received?.from.attested, received?.from.institutionName],
    [asked.id, 'Dr Ana Lopez', true, 'south-hospital'],
  )
  is(received?.from.licence?.number, 'A-4711')
  match((await maria.run('requests', 'show', asked.id.slice(0, 6))).out, /Your appointment of Monday/)
  const wider = ['requests', 'approve', asked.id, '--compartment', 'hiv']
  is(await failure(maria, ...wider), '2 usage.wider')
  is(await failure(maria, 'requests', 'approve', asked.id, '--until', '1y'), '2 usage.wider')
  const granted = await maria.ask<{ grantId: string; grants: { compartment: string }[]; height: number }>(
    ...['requests', 'approve', asked.id, '--compartment', 'laboratory', '--until', '7d'],
  )
  equal(
    granted.grants.map(({ compartment }) => compartment),
    ['laboratory'],
  )
  const sent = await sentOnce(asked.id, 'approved')
  is(sent?.answer?.grantId, granted.grantId)
  const { records } = await doctor.ask<{ records: { id: string }[] }>('records', '--subject', maria.did)
  is((await doctor.run('record', 'show', records[0]?.id ?? '')).out, glucose)
  is(await failure(maria, 'requests', 'approve', asked.id), '4 requests.unknown')
})

test('refused with a reason; blocked without a word; heard again', async () => {
  const ask = async () =>
    (await doctor.ask<{ id: string }>('request-access', maria.did, '--compartment', 'general')).id
  const first = await ask()
  await inbox(1)
  await maria.ask('requests', 'refuse', first, '--reason', 'not now')
  is((await sentOnce(first, 'refused'))?.answer?.reason, 'not now')
  const second = await ask()
  await inbox(1)
  await maria.ask('requests', 'block', second)
  is((await sentOnce(second, 'pending'))?.answer, null)
  const { blocked } = await maria.ask<{ blocked: { id: string; name: string }[] }>('requests', '--blocked')
  equal(
    blocked.map(({ name }) => name),
    ['Dr Ana Lopez'],
  )
  await maria.ask('requests', 'unblock', blocked[0]?.id ?? '')
  const third = await ask()
  is((await inbox(1))[0]?.id, third)
  await maria.ask('requests', 'refuse', third)
})

test('nobody learns whether a subject exists; institutions ask too; what nobody answers lapses', async () => {
  const inception = {
    signingKey: nodeCiphers.ed25519Public(nodeCiphers.randomBytes(32)),
    sealingKey: nodeCiphers.x25519Public(nodeCiphers.randomBytes(32)),
    salt: nodeCiphers.randomBytes(32),
  }
  const nobody = didFromAccountId(accountIdFromInception(inception))
  const shapeOf = async (subject: string) => {
    const answer = await doctor.ask<Record<string, unknown>>(
      'request-access',
      subject,
      '--compartment',
      'hiv',
    )
    return { ...answer, id: '', subject: '', expires: '', until: '' }
  }
  equal(await shapeOf(nobody), await shapeOf(maria.did))
  const { id } = await south.ask<{ id: string }>('request-access', maria.did, '--compartment', 'claims')
  const received = (await inbox(2)).find((each) => each.id === id)
  equal([received?.from.name, received?.from.attested], ['south-hospital', true])
  is(await failure(maria, 'request-access', doctorDid, '--compartment', 'general'), '2 usage.role')
  await consortium.advance(31 * DAY_MS)
  equal(await inbox(0), [])
  const { requests } = await doctor.ask<{ requests: SentOne[] }>('requests')
  ok(requests.some(({ state }) => state === 'expired') && requests.every(({ state }) => state !== 'pending'))
})

test('no name, licence, reason or number stands in the clear on a node’s disk', async () => {
  const { readdir } = await import('node:fs/promises')
  const planted = ['Dr Ana Lopez', 'A-4711', 'Your appointment of Monday', '00417-22'].map((text) =>
    Buffer.from(text),
  )
  const node = path.join(homes[NORTH] ?? '', 'node')
  let bytes = 0
  for (const entry of await readdir(node, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = await readFile(path.join(entry.parentPath, entry.name))
    bytes += content.length
    for (const each of planted) ok(!content.includes(each), `${entry.name} holds ${each}`)
  }
  ok(bytes > 10_000)
})

test.run()
