// timeout: 600s
// What institutions keep, read as bytes: no names, no plaintext; a chain that names no compartment and links no
// charts; and disks of which none alone opens a record.
import { rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { accountIdFromDid, bytesFromBase32, COMPARTMENTS, hexFromBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { generatePatient } from '../../../../scripts/synthetic/index.ts'
import { createByteScan, uniqueRuns } from '../../../../test/harness/byte-scan.ts'
import { fieldsOfChain, type TransactionFields } from '../../../../test/harness/chain-fields.ts'
import { INSTITUTIONS, type LocalNetwork, startNetwork } from '../../../../test/harness/local-network.ts'
import { type Disk, openDisk, tryToOpen } from '../../../../test/harness/node-disk.ts'
import {
  eachOf,
  enrol,
  type GrantAnswer,
  grant,
  importFiles,
  type Person,
  writeBundle,
} from '../../../../test/harness/people.ts'
import { ask, run } from '../../../../test/harness/run-medchain.ts'
import { filesBelow } from '../../../../test/harness/stored-files.ts'

interface Patient extends Person {
  readonly bundleText: string
  readonly names: readonly string[]
  readonly charts: readonly Uint8Array[]
  readonly grants: readonly string[]
}

interface Scene {
  readonly network: LocalNetwork
  readonly patients: readonly Patient[]
  readonly transactions: readonly TransactionFields[]
}

// Names of at least six letters: shorter ones stand in random bytes.
const SEEDS = [1, 2, 3]
const LATER_SEED = 4
// Counselling notes need a consent of their own.
const CONSENTS = [COMPARTMENTS.filter((each) => each !== 'notes').join(','), 'notes']

let network_: LocalNetwork | undefined
let scene: Promise<Scene> | undefined
const prepared = (): Promise<Scene> => {
  scene ??= prepare()
  return scene
}
test.after(() => network_?.remove())

/** Everything that a node does with records happens here, then the daemons end. */
const prepare = async (): Promise<Scene> => {
  const network = await startNetwork()
  network_ = network
  const people = await eachOf(
    [
      ['north-hospital', 'practitioner', 'clinician'],
      ['south-hospital', 'practitioner', 'doctor'],
      ['research-institute', 'researcher', 'researcher'],
    ] as const,
    ([at, role, name]) => enrol(network, at, role, name),
  )
  const [clinician, doctor, researcher] = people as [Person, Person, Person]
  const patients = await eachOf(SEEDS, async (seed): Promise<Patient> => {
    const { file, bundleText, given, family } = writeBundle(network, seed)
    const person = await enrol(network, 'north-hospital', 'patient', `${given} ${family}`)
    const { records } = await importFiles(clinician, person, [file])
    const give = (compartment: string) => grant(person, doctor, { compartment, until: '30d' })
    const given_ = await eachOf(CONSENTS, give, 1)
    await grant(person, researcher, { compartment: 'general,laboratory', purpose: 'HRESCH' })
    for (const { id } of [records[0], records.at(-1)].filter((each) => each !== undefined))
      equal((await run(doctor, ['record', 'show', id])).code, 0)
    return { ...person, bundleText, names: [given, family], ...chartsIn(given_) }
  })
  await ask(clinician, ['query', 'Patient', '--count', '--purpose', 'HOPERAT'])
  await ask(researcher, ['query', 'Patient', '--count', '--purpose', 'HRESCH'])
  const transactions = await fieldsOfChain(network.urlOf('north-hospital'))
  // What a holder that is away has not taken yet stays behind on the author's disk.
  await network.kill('city-laboratory')
  const [first] = patients as [Patient]
  await importFiles(clinician, first, [writeBundle(network, LATER_SEED).file])
  await network.down()
  const later = generatePatient(LATER_SEED)
  const whole = {
    ...first,
    bundleText: first.bundleText + later.bundleText,
    names: [...first.names, later.family],
  }
  return { network, patients: [whole, ...patients.slice(1)], transactions }
}

const chartsIn = (answers: readonly GrantAnswer[]) => {
  const grants = answers.flatMap((answer) => answer.grants)
  return {
    charts: grants.map(({ chart }) => unwrap(accountIdFromDid(chart))),
    grants: grants.map(({ grantId }) => grantId),
  }
}

test('no node keeps a name or any run of 16 bytes of a patient’s plaintext', async () => {
  const { network, patients } = await prepared()
  const runs = uniqueRuns(patients.map(({ bundleText }) => Buffer.from(bundleText)))
  ok(
    runs.every((each) => each.size > 1000),
    'the patients have too little of their own',
  )
  const scan = createByteScan(
    patients.flatMap(({ names }) => names),
    runs,
  )
  const lookBelow = async (folder: string): Promise<string[]> => {
    const finds: string[] = []
    for (const file of filesBelow(folder))
      finds.push(...scan.find(await readFile(file)).map((what) => `${file}: ${what}`))
    return finds
  }
  for (const [index, name] of INSTITUTIONS.entries()) {
    const folder = network.homeOf(name)
    const { names, bundleText } = patients[index % patients.length] as Patient
    const middle = bundleText.indexOf('urn:uuid:') + 9
    for (const marker of [names[1] ?? '', bundleText.slice(middle, middle + 16)]) {
      const planted = path.join(folder, 'node', 'vault', 'planted')
      writeFileSync(planted, Buffer.concat([Buffer.alloc(70_001, 7), Buffer.from(marker), Buffer.alloc(33)]))
      equal(await lookBelow(folder), [`${planted}: ${marker}`], 'the scan does not find what was planted')
      rmSync(planted)
    }
    equal(await lookBelow(folder), [])
  }
})

test('the scan reads what nodes really wrote: grants and charts stand in blocks and state', async () => {
  const { network, patients } = await prepared()
  const chart = patients[0]?.charts[0] as Uint8Array
  const grantId = unwrap(bytesFromBase32(patients[0]?.grants[0] ?? ''))
  for (const name of INSTITUTIONS) {
    for (const folder of ['blocks', 'state']) {
      const files = filesBelow(path.join(network.homeOf(name), 'node', folder))
      const contents = await Promise.all(files.map((file) => readFile(file)))
      for (const id of [chart, grantId])
        ok(
          // The state's log leaves out what it repeats, and a repetition may reach some bytes into what follows it.
          contents.some((content) => content.includes(Buffer.from(id.subarray(4, 28)))),
          `${name} lacks ${hexFromBytes(id)} in ${folder}`,
        )
    }
  }
})

test('no block names a compartment', async () => {
  const { transactions } = await prepared()
  ok(transactions.length > 50, 'too few transactions were read')
  const words = new Set(transactions.flatMap(({ texts }) => texts))
  ok(words.has('consent.grant') && words.has('TREAT'), 'texts are not read')
  equal(
    COMPARTMENTS.filter((compartment) => [...words].some((word) => word.includes(compartment))),
    [],
  )
})

test('no field is shared by two charts of one person and by nobody else', async () => {
  const { patients, transactions } = await prepared()
  const mentioned = patients.map(({ charts }) => charts.map((chart) => fieldsAbout(chart, transactions)))
  for (const [index, own] of mentioned.entries()) {
    equal(own.length, COMPARTMENTS.length)
    const others = new Set(
      mentioned
        .filter((_, other) => other !== index)
        .flatMap((charts) => charts.flatMap((each) => [...each])),
    )
    const holders = new Map<string, number>()
    for (const field of own.flatMap((fields) => [...fields]))
      holders.set(field, (holders.get(field) ?? 0) + 1)
    const shared = [...holders].filter(
      ([field, count]) => !others.has(field) && count > (field.startsWith('int') ? 2 : 1),
    )
    equal(shared, [], 'fields that link the charts of one person')
  }
})

test('no transaction names two charts of one person', async () => {
  const { patients, transactions } = await prepared()
  for (const { charts } of patients) {
    const ids = new Set(charts.map((chart) => `bytes ${hexFromBytes(chart)}`))
    for (const { fields } of transactions) {
      const named = new Set(fields.filter((field) => ids.has(field)))
      ok(named.size <= 1, 'a transaction names two charts of one person')
    }
  }
})

/** Every field of the transactions about a chart, but for the chart's own id. */
const fieldsAbout = (chart: Uint8Array, transactions: readonly TransactionFields[]): Set<string> => {
  const id = `bytes ${hexFromBytes(chart)}`
  const about = transactions.filter(({ fields }) => fields.includes(id))
  ok(about.length > 1, 'a chart is on the chain, and granted')
  return new Set(about.flatMap(({ fields }) => fields).filter((field) => field !== id))
}

test('one institution’s disk alone opens nothing; two together open what they hold', async () => {
  const { network } = await prepared()
  const disks = await eachOf(INSTITUTIONS, (name) => openDisk(network.homeOf(name)), 1)
  let stored = 0
  for (const disk of disks) {
    const { opened, tried } = await tryToOpen(disk, disk.releaseKeys)
    equal(opened.length, 0, `${disk.home} opens ${opened.length} records alone`)
    ok(tried > 0, `${disk.home} holds nothing to try`)
    stored += disk.records.length
  }
  ok(stored > 100)
  // The same attempt succeeds with what the release holders add: it is not the attempt that fails.
  const author = disks[0] as Disk
  const released = disks.slice(1).flatMap(({ releaseKeys }) => releaseKeys)
  const together = await tryToOpen(author, released)
  equal(together.opened.length, author.records.length)
})

test.run()
