// timeout: 300s
// What people and disks get wrong: one sentence with a code, the right exit code, no stack trace, and nothing
// changed.
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { findBasePort } from '../../../../test/harness/free-ports.ts'
import { type LocalNetwork, startNetwork } from '../../../../test/harness/local-network.ts'
import {
  eachOf,
  enrol,
  type ImportReport,
  importFiles,
  listRecords,
  type Person,
  writeBundle,
} from '../../../../test/harness/people.ts'
import {
  ask,
  assertCivil,
  describeEnd,
  jsonOf,
  refused,
  run,
  type Seat,
} from '../../../../test/harness/run-medchain.ts'
import { notRun } from '../../../../test/not-run.ts'

interface Scene {
  readonly network: LocalNetwork
  readonly clinician: Person
  readonly maria: Person
  /** For files. */
  readonly folder: string
  /** Another consortium's homes, never started. */
  readonly foreign: string
}

let network_: LocalNetwork | undefined
let scene: Promise<Scene> | undefined
const prepared = (): Promise<Scene> => {
  scene ??= prepare()
  return scene
}
test.after(() => network_?.remove())

const prepare = async (): Promise<Scene> => {
  const network = await startNetwork()
  network_ = network
  const [clinician, maria] = await eachOf(['clinician', 'maria'], (name) =>
    enrol(network, 'north-hospital', name === 'maria' ? 'patient' : 'practitioner', name),
  )
  const folder = path.join(network.dir, 'files')
  mkdirSync(folder)
  const foreign = path.join(network.dir, 'foreign')
  const base = await findBasePort([0, 1, 2, 3, 100, 101, 102, 103])
  await ask(undefined, ['network', 'local', '--dir', foreign, '--base-port', String(base)])
  return { network, clinician: clinician as Person, maria: maria as Person, folder, foreign }
}

const fileWith = (folder: string, name: string, content: string): string => {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

const importing = (file: string, subject: Person): string[] => [
  'record',
  'import',
  file,
  '--subject',
  subject.did,
]

/** An import that fails as a whole: exit 1, the file named with one code and one sentence, nothing anchored. */
const assertNothingImported = async (
  author: Person,
  subject: Person,
  file: string,
  code: RegExp,
): Promise<void> => {
  const before = (await listRecords(subject)).length
  const end = await run(author, [...importing(file, subject), '--json'])
  equal(end.code, 1, describeEnd(end))
  assertCivil(end)
  const told = jsonOf<{ error?: { code: string; message: string }; failed?: ImportReport['failed'] }>(end)
  const codes = [told.error?.code, ...(told.failed ?? []).map((failure) => failure.code)]
  ok(
    codes.some((each) => each !== undefined && code.test(each)),
    `${code} was due: ${describeEnd(end)}`,
  )
  equal((await listRecords(subject)).length, before)
}

test('malformed JSON', async () => {
  const { clinician, maria, folder } = await prepared()
  await assertNothingImported(
    clinician,
    maria,
    fileWith(folder, 'cut.json', '{"resourceType":"Patient","id":'),
    /^json\./,
  )
  const twice = '{"resourceType":"Patient","id":"a","id":"b"}'
  await assertNothingImported(clinician, maria, fileWith(folder, 'twice.json', twice), /^(json|fhir)\./)
  await assertNothingImported(
    clinician,
    maria,
    fileWith(folder, 'other.json', '{"resourceType":"Unicorn"}'),
    /^fhir\./,
  )
  await assertNothingImported(
    clinician,
    maria,
    fileWith(folder, 'empty.json', ''),
    /^(json|fhir|file|import)\./,
  )
})

test('a bundle with one broken resource: the rest is imported, exit 8', async () => {
  const { network, clinician, maria, folder } = await prepared()
  const { bundleText, resources } = writeBundle(network, 7)
  const bundle = JSON.parse(bundleText) as { entry: { resource: { resourceType: string } }[] }
  ;(bundle.entry[5] as { resource: { resourceType: string } }).resource.resourceType = 'Unicorn'
  const file = fileWith(folder, 'broken-entry.json', JSON.stringify(bundle))
  const report = await importFiles(clinician, maria, [file], { exitCode: 8 })
  equal([report.imported, report.failed.length], [resources - 1, 1])
  ok(report.failed[0]?.path.endsWith('broken-entry.json') && /^fhir\./.test(report.failed[0].code))
  equal((await listRecords(maria)).length, resources - 1)
})

test('a folder with a bad file: the others are imported, exit 8', async () => {
  const { network, clinician, maria, folder } = await prepared()
  const batch = path.join(folder, 'batch')
  mkdirSync(batch)
  const { file, resources } = writeBundle(network, 8)
  copyFileSync(file, path.join(batch, 'good.json'))
  writeFileSync(path.join(batch, 'bad.json'), '[[[')
  const report = await importFiles(clinician, maria, [batch], { exitCode: 8 })
  equal(
    [report.imported, report.failed.map((failure) => path.basename(failure.path))],
    [resources, ['bad.json']],
  )
})

test('200 MB handed in as JSON', async () => {
  const { clinician, maria, folder } = await prepared()
  const file = path.join(folder, 'huge.json')
  const handle = openSync(file, 'w')
  writeSync(handle, '{"resourceType":"Bundle","entry":[')
  ftruncateSync(handle, 200 * 1024 * 1024)
  closeSync(handle)
  await assertNothingImported(clinician, maria, file, /^json\.size$/)
})

test('names of compartments, purposes, roles and records that do not exist', async () => {
  const { network, clinician, maria, folder } = await prepared()
  const { file } = writeBundle(network, 9)
  const usage = { exitCode: 2, code: /^usage\./ }
  await refused(clinician, [...importing(file, maria), '--compartment', 'attic'], usage)
  await refused(maria, ['grant', clinician.did, '--compartment', 'attic'], usage)
  await refused(maria, ['grant', clinician.did, '--compartment', 'general', '--purpose', 'FUN'], usage)
  await refused(maria, ['grant', clinician.did, '--compartment', 'general', '--until', 'someday'], usage)
  await refused(maria, ['grant', clinician.did], usage)
  await refused(clinician, ['query', 'Condition?nonsense=1', '--count'], {
    exitCode: 2,
    code: /^(search|usage|query)\./,
  })
  await refused(undefined, ['id', 'create', 'x', '--role', 'king', '--home', folder], usage)
  await refused(undefined, ['records', '--frobnicate'], usage)
  await refused(undefined, ['conjure'], usage)
  await refused(clinician, ['record', 'show', 'no id at all'], usage)
  await refused(clinician, importing('/nonexistent.json', maria), { exitCode: 1, code: /./ }).catch(
    async () => {
      await assertNothingImported(clinician, maria, '/nonexistent.json', /^file\./)
    },
  )
})

test('a wrong passphrase', async () => {
  const { maria, folder } = await prepared()
  const wrong = { ...maria, passphraseFile: fileWith(folder, 'wrong-passphrase', 'not it\n') }
  await refused(wrong, ['grants'], { exitCode: 3, code: 'keystore.wrong-passphrase' })
  const none: Seat = { home: maria.home, url: maria.url }
  await refused(none, ['grants'], { exitCode: 2, code: 'passphrase.missing' })
})

test('a node that is not there', async () => {
  const { maria } = await prepared()
  const base = await findBasePort([0])
  const away = { ...maria, url: `http://127.0.0.1:${base}` }
  await refused(away, ['grants'], { exitCode: 5, code: 'node.unreachable' })
})

/** A daemon's start that must be refused; what it says is its last line on standard error. */
const assertNoStart = async (
  home: string,
  args: readonly string[],
  exitCode: number,
  code: RegExp,
): Promise<void> => {
  const end = await run(undefined, ['node', 'start', '--home', home, ...args], { timeoutMs: 60_000 })
  equal(end.code, exitCode, describeEnd(end))
  assertCivil(end)
  const said = /\[([a-z.-]+)\]/.exec(end.stderr)?.[1] ?? ''
  ok(code.test(said), `${code} was due: ${describeEnd(end)}`)
}

test('a port that is taken', async () => {
  const { foreign } = await prepared()
  const home = path.join(foreign, 'north-hospital')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as { port: number }
    await assertNoStart(home, ['--api', `127.0.0.1:${port}`], 1, /port-taken$|listen$/)
    const peers = `/ip4/127.0.0.1/tcp/${port}`
    await assertNoStart(home, ['--listen', peers], 1, /port-taken$|listen$/)
  } finally {
    server.close()
  }
})

test('another network’s genesis document', async () => {
  const { network, foreign } = await prepared()
  await network.halt('city-laboratory')
  await assertNoStart(
    network.homeOf('city-laboratory'),
    ['--genesis', path.join(foreign, 'genesis.json')],
    6,
    /^(genesis|storage)\.|mismatch/,
  )
  await network.start('city-laboratory')
})

test('a damaged node.json, genesis document or keystore', async () => {
  const { foreign } = await prepared()
  const home = path.join(foreign, 'south-hospital')
  const config = path.join(home, 'node.json')
  const good = readFileSync(config, 'utf8')
  for (const bad of [
    '',
    '{',
    '[]',
    good.replace('"role": "hospital"', '"role": "castle"'),
    `${good}}`,
    '\u0000',
  ]) {
    writeFileSync(config, bad)
    await assertNoStart(home, [], 2, /^config\./)
    await refused(undefined, ['node', 'doctor', '--home', home], { exitCode: 2, code: /^config\./ })
  }
  writeFileSync(config, good.replace('"name"', '"naem"'))
  await assertNoStart(home, [], 2, /^config\.(unknown-key|damaged)$/)
  writeFileSync(config, good)
  const genesis = fileWith(home, 'other.json', '{"version":1}')
  await assertNoStart(home, ['--genesis', genesis], 6, /^genesis\./)
  const keystore = path.join(home, 'node/keys/node.keystore')
  const keys = readFileSync(keystore)
  keys[100] = (keys[100] as number) ^ 1
  writeFileSync(keystore, keys)
  await assertNoStart(home, [], 6, /^keystore\.damaged$/)
})

const torture = testData('json-parsing')
if (torture === undefined) notRun('the JSON torture files are not on this machine')
else
  test('the JSON torture files', async () => {
    const { clinician, maria } = await prepared()
    const names = readdirSync(torture).filter((name) => name.endsWith('.json'))
    ok(names.length > 100)
    const end = await run(clinician, [...importing(torture, maria), '--json'])
    equal(end.code, 1, describeEnd(end))
    assertCivil(end)
    const { failed, imported } = jsonOf<ImportReport>(end)
    equal(imported, 0)
    equal(new Set(failed.map((failure) => failure.path)).size, names.length)
    for (const { path: file, code, message } of failed) {
      ok(/^[a-z]+\.[a-z0-9-]+$/.test(code) && /^[^\n]{5,}$/.test(message), `${file}: ${code} ${message}`)
    }
  })

test('after all this the network is as it was', async () => {
  const { network, clinician, maria } = await prepared()
  const { file, resources } = writeBundle(network, 21)
  const before = (await listRecords(maria)).length
  equal((await importFiles(clinician, maria, [file])).imported, resources)
  equal((await listRecords(maria)).length, before + resources)
})

test.run()
