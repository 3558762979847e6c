// timeout: 420s
// One byte changed on a disk: `node doctor` names it, and what it belongs to is never served.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  accountIdFromDid,
  blockSchema,
  decodeCommittedBlock,
  encode,
  hexFromBytes,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import {
  INSTITUTIONS,
  type InstitutionName,
  type LocalNetwork,
  startNetwork,
} from '../../../../test/harness/local-network.ts'
import {
  eachOf,
  enrol,
  grant,
  importFiles,
  type Person,
  writeBundle,
} from '../../../../test/harness/people.ts'
import { resourceTexts } from '../../../../test/harness/resource-texts.ts'
import {
  assertCivil,
  type CommandEnd,
  describeEnd,
  jsonOf,
  run,
} from '../../../../test/harness/run-medchain.ts'
import { filesBelow, flipByte, largestOf } from '../../../../test/harness/stored-files.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'

interface Scene {
  readonly network: LocalNetwork
  readonly clinician: Person
  readonly maria: Person
  readonly doctor: Person
  readonly recordIds: readonly string[]
  readonly sources: ReadonlySet<string>
}

interface Examination {
  readonly ok: boolean
  readonly findings: readonly { readonly code: string; readonly where: string; readonly message: string }[]
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
  const people = await eachOf(
    [
      ['north-hospital', 'practitioner', 'clinician'],
      ['north-hospital', 'patient', 'maria'],
      ['south-hospital', 'practitioner', 'doctor'],
    ] as const,
    ([at, role, name]) => enrol(network, at, role, name),
  )
  const [clinician, maria, doctor] = people as [Person, Person, Person]
  const { file, bundleText } = writeBundle(network, 1)
  const { records } = await importFiles(clinician, maria, [file])
  await grant(maria, doctor, { compartment: 'laboratory' })
  const recordIds = records.filter(({ compartment }) => compartment === 'laboratory').map(({ id }) => id)
  ok(recordIds.length > 3)
  await assertVerified(maria)
  for (const id of recordIds.slice(0, 3)) equal((await show(doctor, id)).code, 0)
  return {
    network,
    clinician,
    maria,
    doctor,
    recordIds,
    sources: new Set(resourceTexts(bundleText).values()),
  }
}

const show = (reader: Person, id: string): Promise<CommandEnd> => run(reader, ['record', 'show', id])

const doctor = (network: LocalNetwork, name: InstitutionName): Promise<CommandEnd> =>
  run(network.operator(name), ['node', 'doctor', '--json'])

/** The doctor finds nothing wrong; a running node may still tell what it found a moment ago. */
const assertSound = (network: LocalNetwork, name: InstitutionName): Promise<true> =>
  waitUntil(
    `${name} found sound`,
    async () => {
      const end = await doctor(network, name)
      assertCivil(end)
      return end.code === 0 && jsonOf<Examination>(end).ok
    },
    { timeoutMs: 30_000, pollMs: 1000 },
  )

/** The doctor finds fault with this file, and says where. */
const assertNamed = async (network: LocalNetwork, name: InstitutionName, file: string): Promise<void> => {
  const told = await waitUntil(
    `${name}: the doctor finds ${file} damaged`,
    async () => {
      const end = await doctor(network, name)
      assertCivil(end)
      return end.code === 6 && jsonOf<Examination>(end)
    },
    { timeoutMs: 30_000, pollMs: 1000 },
  )
  equal(told.ok, false)
  const text = JSON.stringify(told.findings)
  ok(text.includes(path.basename(file)), `${path.basename(file)} is not named: ${text}`)
}

const folderOf = (network: LocalNetwork, name: InstitutionName, folder: string): string =>
  path.join(network.homeOf(name), 'node', folder)

/** Flips a byte, looks, and flips it back. */
const whileFlipped = async (file: string, offset: number, look: () => Promise<void>): Promise<void> => {
  flipByte(file, offset)
  try {
    await look()
  } finally {
    flipByte(file, offset)
  }
}

test('sound homes are found sound, beside the running daemons', async () => {
  const { network } = await prepared()
  for (const name of INSTITUTIONS) await assertSound(network, name)
})

/** The file that holds the blocks, and the middle of it. */
const placeInBlocks = (network: LocalNetwork, name: InstitutionName) => {
  const file = path.join(folderOf(network, name, 'blocks'), '000000000001.blocks')
  return { file, offset: Math.floor(readFileSync(file).length / 2) }
}

/** Nothing false is served, and in the end everything that was there. */
const assertServesAll = (
  network: LocalNetwork,
  name: InstitutionName,
  good: ReadonlyMap<number, string>,
): Promise<true> =>
  waitUntil(`${name} serves every block again`, async () => {
    const served = await blocksOf(network, name)
    for (const [height, block] of served)
      ok(good.get(height) === undefined || block === good.get(height), `block ${height} was served changed`)
    return [...good.keys()].every((height) => served.has(height))
  })

test('a stored block of a running node', async () => {
  const { network } = await prepared()
  const good = await blocksOf(network, 'north-hospital')
  const { file, offset } = placeInBlocks(network, 'city-laboratory')
  flipByte(file, offset)
  await assertNamed(network, 'city-laboratory', file)
  await assertServesAll(network, 'city-laboratory', good)
})

test('a stored block of a node that is down', async () => {
  const { network } = await prepared()
  const good = await blocksOf(network, 'north-hospital')
  await network.halt('research-institute')
  const { file, offset } = placeInBlocks(network, 'research-institute')
  flipByte(file, offset)
  await assertNamed(network, 'research-institute', file)
  await network.start('research-institute')
  await assertServesAll(network, 'research-institute', good)
})

/** Every block that the node serves now, by height, without its certificate: of that there are several. */
const blocksOf = async (network: LocalNetwork, name: InstitutionName): Promise<Map<number, string>> => {
  const head = (await network.statusOf(name))?.height ?? 0
  const blocks = new Map<number, string>()
  for (let height = 1; height <= head; height++) {
    const response = await fetch(`${network.urlOf(name)}/v1/blocks/${height}`)
    const { bytes } = (await response.json()) as { bytes?: string }
    if (!response.ok || bytes === undefined) continue
    const { block } = unwrap(decodeCommittedBlock(new Uint8Array(Buffer.from(bytes, 'base64'))))
    blocks.set(height, hexFromBytes(encode(blockSchema, block)))
  }
  return blocks
}

/** Largest file of a node's vault: the values. */
const vaultFile = (network: LocalNetwork, name: InstitutionName): string =>
  largestOf(filesBelow(folderOf(network, name, 'vault')))

test('a ciphertext in a vault', async () => {
  const { network } = await prepared()
  for (const name of INSTITUTIONS) {
    const file = vaultFile(network, name)
    const offset = Math.floor(readFileSync(file).length / 2)
    await whileFlipped(file, offset, () => assertNamed(network, name, file))
    await assertSound(network, name)
  }
})

test('a damaged ciphertext is never served, and one sound holder is enough', async () => {
  const { network, doctor, recordIds, sources } = await prepared()
  // Everything that two of the four hold is damaged: of some batches one holder of ciphertexts is left.
  const damaged = INSTITUTIONS.map((name) => ({ name, file: vaultFile(network, name) }))
  const flips = damaged.flatMap(({ file }) => offsetsOf(file).map((offset) => ({ file, offset })))
  for (const { file, offset } of flips) flipByte(file, offset)
  try {
    for (const id of recordIds.slice(0, 4)) {
      const end = await show(doctor, id)
      assertCivil(end)
      ok(end.code !== 0 || sources.has(end.stdout), `a damaged record was served: ${describeEnd(end)}`)
      ok([0, 6].includes(end.code), `exit code 6 was due: ${describeEnd(end)}`)
    }
  } finally {
    for (const { file, offset } of flips) flipByte(file, offset)
  }
  for (const id of recordIds.slice(0, 2)) ok(sources.has((await show(doctor, id)).stdout))
})

/** One byte of every 1.5 KiB: no ciphertext, of 4 KiB at least, stays whole. */
const offsetsOf = (file: string): number[] =>
  Array.from({ length: Math.floor(readFileSync(file).length / 1536) }, (_, index) => index * 1536 + 700)

const assertVerified = async (patient: Person): Promise<void> => {
  const end = await waitUntil('all logs gathered', async () => {
    const audit = await run(patient, ['audit', '--verify', '--json'])
    // 8: a node did not answer in time.
    return audit.code !== 8 && audit
  })
  const { gaps, verified } = jsonOf<{ gaps: unknown[]; verified: boolean }>(end)
  equal([end.code, gaps, verified], [0, [], true])
}

test('an audit entry', async () => {
  const { network, maria, doctor: reader } = await prepared()
  await assertVerified(maria)
  const logging = INSTITUTIONS.filter((name) => filesBelow(folderOf(network, name, 'audit')).length > 0)
  ok(logging.length >= 2, 'a reading has two legs')
  let flipped = 0
  for (const name of logging) {
    const file = largestOf(filesBelow(folderOf(network, name, 'audit')))
    // Within an entry, where it names the reader.
    const offset = readFileSync(file).lastIndexOf(Buffer.from(unwrap(accountIdFromDid(reader.did))))
    if (offset < 0) continue
    flipped++
    await whileFlipped(file, offset, async () => {
      await assertNamed(network, name, file)
      const end = await run(maria, ['audit', '--verify', '--json'])
      assertCivil(end)
      const told = jsonOf<{ verified?: boolean; gaps?: { node?: string }[]; error?: { code: string } }>(end)
      ok(end.code === 6 && told.verified !== true, `a changed entry passed at ${name}: ${describeEnd(end)}`)
    })
  }
  ok(flipped >= 2, 'the reader stands in too few logs')
  await assertVerified(maria)
})

test.run()
