// timeout: 420s
// Erased, with one node away and a backup from before restored at another: nothing of the record is anywhere.
import { randomBytes } from 'node:crypto'
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  base32FromBytes,
  bytesFromBase32,
  commitmentOf,
  equalBytes,
  indexFromRecordId,
  splitRecordId,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { filesBelow } from '../../../../test/harness/stored-files.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'
import { type Markers, markersOf, type OpenedHome, openHome, scanHome } from './deep-scan.ts'
import { startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1
const CITY = 2
const RESEARCH = 3
const HOURS_MS = 60 * 60 * 1000

// Read as a number only, so that the de-identified row holds it too.
const MARK = '73.918274655'
const secret = `{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"valueQuantity":{"value":${MARK}},"category":[{"coding":[{"code":"laboratory"}]}]}`
const kept = '{"resourceType":"Condition","id":"c1","code":{"text":"Asthma"}}'
const other = '{"resourceType":"Condition","id":"c2","code":{"text":"Migraine"}}'

interface Row {
  readonly id: string
  readonly title: string
}

interface ErasureAnswer {
  readonly erasureId: string
  readonly state: string
  readonly records: readonly string[]
  readonly dueAt: string
  readonly txId: string
  readonly height: number
}

interface Listed {
  readonly erasures: readonly {
    readonly erasureId: string
    readonly chart: string
    readonly state: string
    readonly owing: readonly string[]
    readonly signed: readonly unknown[]
  }[]
}

const consortium = await startConsortium()
test.after(consortium.close)
const { folder, enrol, homes, daemons, seat } = consortium
const [networkId] = daemons.map(({ services }) => services.networkId) as [Uint8Array]
const institutions = daemons.map(({ services }) => services.institution)
const operators = homes.map((home, node) => seat(home, node))
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const researcher = await enrol('researcher', 'researcher', RESEARCH)
const maria = await enrol('maria', 'patient', NORTH)

const bundleFile = path.join(folder, 'chart.json')
const imageFile = path.join(folder, 'scan.dcm')
const image = randomBytes(3 * 1024 * 1024)
const ids = new Map<string, string>()
const idOf = (title: string): string => ids.get(title) ?? ''
const recordIdOf = (title: string): Uint8Array => unwrap(bytesFromBase32(idOf(title)))

const OBSERVATION = 'secret'
const IMAGE = 'image'
const KEPT = 'kept'
const OTHER = 'other'

test('records are with their holders, in the index, and with research', async () => {
  const resources = [secret, kept, other].map((resource) => `{"resource":${resource}}`).join(',')
  await writeFile(bundleFile, `{"resourceType":"Bundle","type":"collection","entry":[${resources}]}`)
  await writeFile(imageFile, image)
  await clinician.ask('record', 'import', bundleFile, '--subject', maria.did)
  await clinician.ask(
    'record',
    'import',
    imageFile,
    '--subject',
    maria.did,
    '--media-type',
    'application/dicom',
  )
  const { records } = await maria.ask<{ records: Row[] }>('records')
  equal(records.length, 4)
  for (const { id } of records) {
    const { out } = await maria.run('record', 'show', id)
    const which = [
      [secret, OBSERVATION],
      [kept, KEPT],
      [other, OTHER],
    ].find(([text]) => text === out)?.[1]
    ids.set(which ?? IMAGE, id)
  }
  await maria.ask('grant', doctor.did, '--record', `${idOf(OBSERVATION)}`, '--until', '30d')
  await maria.ask('grant', doctor.did, '--record', `${idOf(KEPT)}`, '--until', '30d')
  await maria.ask(
    'grant',
    researcher.did,
    '--compartment',
    'laboratory',
    '--purpose',
    'HRESCH',
    '--until',
    '30d',
  )
  await clinician.ask('query', 'Observation', '--count', '--purpose', 'HOPERAT')
  equal((await doctor.run('record', 'show', idOf(OBSERVATION))).out, secret)
})

const backups = homes.map((_, node) => path.join(folder, `before-${node}.tar`))
const restoredHomes = homes.map((_, node) => path.join(folder, `before-${node}`))

/** Homes made of backups, as they were before the erasure. */
const openBackups = async (files: readonly string[], names: readonly string[]): Promise<OpenedHome[]> => {
  const opened: OpenedHome[] = []
  for (const [node, file] of files.entries()) {
    const home = names[node] as string
    await operators[node]?.ask('node', 'backup', file)
    await seat(home, node).ask('node', 'restore', file)
    await copyFile(path.join(homes[node] as string, 'passphrase'), path.join(home, 'passphrase'))
    opened.push(await openHome(home))
  }
  return opened
}

const markers = new Map<string, Markers>()
let anchors: readonly { readonly commitment: string }[] = []
const place = (node: number) => ({ networkId, institution: institutions[node] as Uint8Array })

const scanAll = async (opened: readonly OpenedHome[], wanted: Markers): Promise<string[][]> => {
  const found: string[][] = []
  for (const [node, home] of opened.entries()) found.push(await scanHome(home, place(node), wanted))
  return found
}

const PLAIN = 'a run of plaintext'

test('the scanner sees every kind of secret where it lies, and plaintext where it is planted', async () => {
  // All holders have theirs, and the row is delivered.
  await waitUntil('every outbox is empty', async () => {
    const left = await Promise.all(homes.map(outboxSize))
    return left.every((count) => count === 0)
  })
  // Answers once the deliveries that its grants promise are in, or after a while.
  await researcher.run('query', 'Observation', '--count')
  const before = await openBackups(backups, restoredHomes)
  for (const title of [OBSERVATION, IMAGE, KEPT])
    markers.set(title, await markersOf(before, before[NORTH] as OpenedHome, networkId, recordIdOf(title)))
  for (const wanted of markers.values()) {
    const found = new Set((await scanAll(before, wanted)).flat())
    // k1 and the salt lie sealed in the envelope: what opens them was found beside it.
    equal([...found].sort(), [...wanted.keys()].filter((name) => name !== 'k1' && name !== 'salt').sort())
  }
  ok(await hasRow(before[RESEARCH] as OpenedHome), 'the de-identified row is with the research institution')
  const [north] = before as [OpenedHome]
  const planted = path.join(north.home, 'planted')
  for (const [name, marker] of markers.get(OBSERVATION) as Markers) {
    await writeFile(planted, Buffer.concat([randomBytes(70_000), marker, randomBytes(40)]))
    const files = filesBelow(north.home)
    equal(await scanHome({ ...north, files }, place(NORTH), new Map([[name, marker]])), [name])
    await rm(planted)
  }
  await writeFile(planted, secret)
  const plain = new Map([[PLAIN, Buffer.from(MARK)]])
  equal(await scanHome({ ...north, files: filesBelow(north.home), values: [] }, place(NORTH), plain), [PLAIN])
  await rm(planted)
})

const outboxSize = async (home: string): Promise<number> => {
  return (await readdir(path.join(home, 'node', 'vault', 'custody', 'outbox'))).length
}

const hasRow = async ({ values }: OpenedHome): Promise<boolean> =>
  values.some(({ value }) => Buffer.from(value).includes(MARK))

test('72 hours to cancel; a hold keeps a record; then it cannot be asked for twice', async () => {
  const asked = await maria.ask<ErasureAnswer>('erase', idOf(KEPT))
  equal([asked.state, asked.records], ['waiting', [idOf(KEPT)]])
  ok(Date.parse(asked.dueAt) > consortium.wallMs() + 71 * HOURS_MS)
  equal((await maria.ask<ErasureAnswer>('erase', idOf(KEPT), '--cancel')).state, 'cancelled')
  const order = path.join(folder, 'order.pdf')
  await writeFile(order, 'keep it')
  const { holdId } = await operators[NORTH]!.ask<{ holdId: string }>(
    ...['node', 'hold', idOf(OTHER), '--reason', 'litigation', '--document', order],
  )
  const keeping = (await maria.ask<{ holds: { holdId: string }[] }>('erasures')).holds
  equal(
    keeping.map((each) => each.holdId),
    [holdId],
  )
  const held = await maria.run('erase', idOf(OTHER), '--json')
  equal([held.exitCode, JSON.parse(held.out).error.code], [3, 'erasure.held'])
  await operators[NORTH]!.ask('node', 'release', holdId)
  const both = await maria.ask<ErasureAnswer>('erase', idOf(OBSERVATION), idOf(IMAGE))
  equal([both.records.length, both.state], [2, 'waiting'])
  const again = await maria.run('erase', idOf(OBSERVATION), '--json')
  equal([again.exitCode, JSON.parse(again.out).error.code], [1, 'erasure.exists'])
  // The grant of this one record still opens it: its keys were sealed anew.
  equal((await doctor.run('record', 'show', idOf(KEPT))).out, kept)
})

const publicJson = async <T>(route: string): Promise<T> =>
  (await (await fetch(`${consortium.apiUrls[SOUTH]}/v1/${route}`)).json()) as T

const chartOf = ({ erasures }: Listed): string =>
  encodeURIComponent(erasures.find(({ state }) => state === 'pending')?.chart ?? '')

const stateNow = async () => {
  const { erasures } = await maria.ask<Listed>('erasures')
  return erasures.filter(({ state }) => state !== 'cancelled')
}

test('due while one node is away: the others destroy and sign, and the chain shows who owes', async () => {
  await consortium.stop(CITY)
  await consortium.advance(73 * HOURS_MS)
  await waitUntil('three have signed', async () =>
    (await stateNow()).every(({ signed }) => signed.length === 3),
  )
  const open = await stateNow()
  equal(new Set(open.map(({ state }) => state)), new Set(['pending']))
  equal(new Set(open.flatMap(({ owing }) => owing)).size, 1)
  for (const reader of [maria, doctor]) {
    const { exitCode, err } = await reader.run('record', 'show', idOf(OBSERVATION))
    equal([exitCode, /\[record\.erased\]/.test(err)], [4, true], err)
  }
  equal((await maria.run('record', 'show', idOf(KEPT))).out, kept)
  // Every member sees the same in public.
  const { erasures } = await publicJson<Listed>(
    `charts/${chartOf(await maria.ask<Listed>('erasures'))}/erasures`,
  )
  equal(
    erasures.filter(({ state }) => state === 'pending').map(({ erasureId, owing }) => [erasureId, owing]),
    open
      .filter(({ chart }) => chart === erasures[0]?.chart)
      .map(({ erasureId, owing }) => [erasureId, owing]),
  )
  const { erasure } = await publicJson<{ erasure: Listed['erasures'][number] }>(
    `erasures/${open[0]?.erasureId}`,
  )
  equal([erasure.state, erasure.signed.length], ['pending', 3])
  const late = await maria.run('erase', idOf(OBSERVATION), '--cancel', '--json')
  equal(JSON.parse(late.out).error.code, 'erasure.due')
})

test('the stale node rejoins and a backup from before is restored: both destroy, receipts are complete', async () => {
  await consortium.start(CITY)
  await waitUntil('all have signed', async () => (await stateNow()).every(({ state }) => state === 'erased'))
  // North held a part of everything it wrote: its disk is set back to what it was before the erasure.
  const home = homes[NORTH] as string
  await consortium.stop(NORTH)
  const passphrase = await readFile(path.join(home, 'passphrase'))
  await rm(home, { recursive: true })
  await operators[NORTH]!.ask('node', 'restore', backups[NORTH] as string)
  await writeFile(path.join(home, 'passphrase'), passphrase, { mode: 0o600 })
  await consortium.start(NORTH)
  await waitUntil('the restored node serves again', async () => {
    const { exitCode, out } = await maria.run('record', 'show', idOf(KEPT))
    return exitCode === 0 && out === kept
  })
  const { exitCode, err } = await maria.run('record', 'show', idOf(OBSERVATION))
  equal([exitCode, /\[record\.erased\]/.test(err)], [4, true])
  // The backup knows the file as imported; once the node has caught up, it knows no more than that it was erased.
  await waitUntil('the same file is refused', async () => {
    const { out } = await clinician.run('record', 'import', bundleFile, '--subject', maria.did, '--json')
    const { imported, failed } = JSON.parse(out) as { imported: number; failed: { code: string }[] }
    equal(imported, 0)
    return failed.map(({ code }) => code).join() === 'import.erased'
  })
})

test('no file, backup or snapshot of any node holds anything of it, opened with every key there is', async () => {
  const batch = base32FromBytes(splitRecordId(recordIdOf(OBSERVATION)).batchId)
  const told = await fetch(`${consortium.apiUrls[SOUTH]}/v1/batches/${batch}`)
  anchors = ((await told.json()) as { anchors: typeof anchors }).anchors
  const after = await openBackups(
    homes.map((_, node) => path.join(folder, `after-${node}.tar`)),
    homes.map((_, node) => path.join(folder, `after-${node}`)),
  )
  for (const node of homes.keys()) await consortium.stop(node)
  const disks: OpenedHome[] = []
  for (const home of homes) disks.push(await openHome(home))
  for (const opened of [disks, after]) {
    for (const title of [OBSERVATION, IMAGE])
      equal((await scanAll(opened, markers.get(title) as Markers)).flat(), [], title)
    const plain = new Map([
      [PLAIN, Buffer.from(MARK)],
      ['a run of the image', image.subarray(1_000_000, 1_000_032)],
    ])
    equal((await scanAll(opened, plain)).flat(), [])
    ok(
      (await scanAll(opened, markers.get(KEPT) as Markers)).flat().length > 0,
      'the scan still finds the rest',
    )
  }
})

test('what stays on the chain fixes nothing that could be guessed: the salt is gone', async () => {
  const recordId = recordIdOf(OBSERVATION)
  const salt = (markers.get(OBSERVATION) as Markers).get('salt') as Uint8Array
  const guess = (with_: Uint8Array) =>
    commitmentOf(
      { networkId, recordId },
      with_,
      'application/fhir+json',
      nodeCiphers.sha256(Buffer.from(secret)),
      nodeCiphers,
    )
  const commitment = Buffer.from(anchors[indexFromRecordId(recordId)]?.commitment ?? '', 'hex')
  ok(equalBytes(guess(salt), commitment), 'with the salt the content could be guessed')
  ok(!equalBytes(guess(new Uint8Array(32)), commitment))
  ok(!equalBytes(guess(nodeCiphers.sha256(recordId)), commitment))
})

test('the chain and what is left of the vaults are sound', async () => {
  for (const operator of operators) {
    const { exitCode, out } = await operator.run('node', 'doctor', '--json')
    equal([exitCode, JSON.parse(out).findings], [0, []])
  }
})

test.run()
