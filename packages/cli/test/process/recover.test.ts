// timeout: 420s
// long: four daemons are stopped, damaged and started again for each of the five cases
// What an operator meets on a validator’s disk: `node recover` says what it means, and nothing is ever signed twice.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  decodeWal,
  encodeWalFrame,
  encodeWalHeader,
  networkIdOf,
  unwrap,
  type WalContent,
} from '@medchain/core'
import { nodePaths, readGenesisFile } from '@medchain/node'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import {
  INSTITUTIONS,
  type InstitutionName,
  type LocalNetwork,
  startNetwork,
} from '../../../../test/harness/local-network.ts'
import { assertCivil, jsonOf, refused, run } from '../../../../test/harness/run-medchain.ts'
import { flipByte } from '../../../../test/harness/stored-files.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'

interface Report {
  readonly ok: boolean
  readonly changed: boolean
  readonly headHeight: number
  readonly abstainUpTo: number | null
  readonly situations: readonly { readonly code: string; readonly costs: string; readonly remedy: string }[]
}

interface Status {
  readonly institution: string
  readonly height: number
  readonly abstaining: string | null
  readonly evidence: number
}

const VICTIM: InstitutionName = 'research-institute'
let network: LocalNetwork

test.before(async () => {
  network = await startNetwork()
})
test.after(() => network?.remove())

const walFile = (): string => path.join(network.homeOf(VICTIM), 'node', 'wal', 'current.wal')

const recover = async (exitCode: number, ...options: string[]): Promise<Report> => {
  const end = await run({ home: network.homeOf(VICTIM), url: '' }, ['node', 'recover', ...options, '--json'])
  assertCivil(end)
  equal(end.code, exitCode, end.stdout)
  return jsonOf<Report>(end)
}

const codesOf = ({ situations }: Report): string[] => situations.map(({ code }) => code)

const statusOf = async (name: InstitutionName): Promise<Status | undefined> =>
  (await network.statusOf(name)) as Status | undefined

/** Waits until the victim votes again and its signature stands in a block; nobody saw it sign two things. */
const assertVotesAgain = async (): Promise<void> => {
  const from = (await statusOf(VICTIM))?.height ?? 0
  await waitUntil('it no longer abstains', async () => (await statusOf(VICTIM))?.abstaining === null)
  await waitUntil('its votes are in the log of its height', async () => {
    const height = (await statusOf(VICTIM))?.height ?? 0
    return height > from + 1 && signedAt() > from
  })
  for (const name of INSTITUTIONS) equal((await statusOf(name))?.evidence, 0, name)
}

const networkId = async (): Promise<Uint8Array> =>
  networkIdOf(unwrap(await readGenesisFile(nodePaths(network.homeOf(VICTIM)).genesis)))

let id = new Uint8Array(0)

const wal = () => {
  try {
    const decoded = decodeWal(new Uint8Array(readFileSync(walFile())), id)
    return decoded.ok ? decoded.value : undefined
  } catch {
    return undefined
  }
}

/** Height at which the write-ahead log has own votes, 0 for none. */
const signedAt = (): number => {
  const found = wal()
  return found?.records.some(({ type }) => type === 'sent') ? found.height : 0
}

/** A log of a height that is not decided, with damage in front of a sound frame; gives that height. */
const damageWal = (): number => {
  const { height, records } = wal() as WalContent
  const header = encodeWalHeader(id, height + 1, new Uint8Array(16).fill(9))
  const frame = encodeWalFrame(header, records)
  writeFileSync(walFile(), Buffer.concat([header, frame, frame]))
  flipByte(walFile(), header.length + 20)
  return height + 1
}

test('the daemon of a home keeps others away from its memory', async () => {
  id = new Uint8Array(await networkId())
  await waitUntil('votes', () => signedAt() > 1)
  await refused(network.operator(VICTIM), ['node', 'recover'], { exitCode: 1, code: 'storage.locked' })
})

test('a stopped node with all its memory has nothing to recover', async () => {
  await network.halt(VICTIM)
  const report = await recover(0)
  equal([report.ok, report.changed, codesOf(report)], [true, false, []])
  await refused(
    network.operator(VICTIM),
    ['node', 'recover', '--unsafe-vote-from', '100000', '--i-know-that-this-may-sign-twice'],
    { exitCode: 3, code: 'recovery.has-memory' },
  )
  await network.start(VICTIM)
})

test('a damaged write-ahead log: refused, explained, put aside, nothing signed at or below its height', async () => {
  await network.kill(VICTIM)
  const height = damageWal()
  const start = await run(network.operator(VICTIM), ['node', 'start', '--json'])
  assertCivil(start)
  equal(start.code, 6)
  const { error } = JSON.parse(start.stdout.trim().split('\n').at(-1) as string)
  equal(error.code, 'wal.damaged')
  match(error.hint, 'medchain node recover')

  const before = readFileSync(walFile())
  const told = await recover(6)
  equal([told.ok, told.changed, codesOf(told)], [false, false, ['recovery.wal-damaged']])
  match(told.situations[0]?.costs ?? '', `not vote at or below height ${height}`)
  equal(readFileSync(walFile()), before, 'nothing is changed without --apply')

  const applied = await recover(0, '--apply')
  equal([applied.changed, applied.abstainUpTo], [true, height])
  const aside = readdirSync(path.dirname(walFile())).filter((name) => name.includes('aside'))
  equal(aside.length, 1)
  equal(readFileSync(path.join(path.dirname(walFile()), aside[0] as string)), before)

  await network.start(VICTIM)
  await assertVotesAgain()
  ok(signedAt() > height, `it signed at ${signedAt()}, not above ${height}`)
})

test('no memory at all, as after a lost disk or in a restored backup', async () => {
  await network.kill(VICTIM)
  rmSync(path.dirname(walFile()), { recursive: true })
  const report = await recover(0)
  equal([codesOf(report), report.abstainUpTo], [['recovery.memory-lost'], null])
  await refused(network.operator(VICTIM), ['node', 'recover', '--unsafe-vote-from', '100000'], {
    exitCode: 2,
    code: 'recovery.unconfirmed',
  })
  await network.start(VICTIM)
  await assertVotesAgain()
})

const copyOf = (folder: string): string => path.join(network.dir, 'copy', folder)
const original = (folder: string): string => path.join(network.homeOf(VICTIM), 'node', folder)

const putBack = (folder: string): void => {
  rmSync(original(folder), { recursive: true })
  cpSync(copyOf(folder), original(folder), { recursive: true })
}

/** Whether each of the others keeps a certificate above `height` that bears the victim's signature: it may ask any. */
const areOthersTold = async (height: number): Promise<boolean> => {
  const status = await statusOf(VICTIM)
  if (status === undefined) return false
  const isTold = async (name: InstitutionName): Promise<boolean> => {
    for (let at = status.height; at > height; at--) {
      const response = await fetch(`${network.urlOf(name)}/v1/blocks/${at}`)
      if (!response.ok) continue
      const { signers } = (await response.json()) as { readonly signers: readonly string[] }
      if (signers.includes(status.institution)) return true
    }
    return false
  }
  const told = await Promise.all(INSTITUTIONS.filter((name) => name !== VICTIM).map(isTold))
  return told.every(Boolean)
}

test('an old backup of everything: its own signature in a later block tells it', async () => {
  await network.halt(VICTIM)
  for (const folder of ['blocks', 'state', 'wal']) {
    cpSync(original(folder), copyOf(folder), { recursive: true })
  }
  await network.start(VICTIM)
  const from = signedAt()
  await waitUntil('every other node has a later block with its vote', () => areOthersTold(from + 1), {
    timeoutMs: 120_000,
  })
  await network.kill(VICTIM)
  for (const folder of ['blocks', 'state', 'wal']) putBack(folder)
  await network.start(VICTIM)
  const log = path.join(network.homeOf(VICTIM), 'node.log')
  await waitUntil('it knows', () => readFileSync(log, 'utf8').includes('consensus.memory-old'))
  await assertVotesAgain()
})

test.run()
