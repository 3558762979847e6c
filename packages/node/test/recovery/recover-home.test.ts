import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { decodeLastSigned, encodeLastSigned, hexFromBytes, networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import { type RecoveryOptions, recoverHome } from '../../src/recovery/index.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { openStorage } from '../../src/storage/index.ts'
import { STORE_FORMAT, writeStoreRecord } from '../../src/storage/store-record.ts'
import { inFolder, makeChain } from '../storage/made-chain.ts'
import { encodeWalAt } from './made-wal.ts'

const chain = makeChain(12)
const networkId = networkIdOf(chain.genesis)
const NOW = 60_000

interface Disk {
  readonly wal?: Uint8Array
  readonly lastSigned?: Uint8Array
  readonly blocks?: number
  readonly name?: string
  readonly unusedKey?: Uint8Array
}

const votingKey = chain.genesis.members[3]?.votingKey ?? new Uint8Array(32)

/** `h0`–`h2` signed every block, `h3` none. */
const withHome = (disk: Disk, f: (home: string, options: RecoveryOptions) => Promise<void>) =>
  inFolder(async (home) => {
    const paths = nodePaths(home)
    const storage = unwrap(
      await openStorage({ paths, networkId }, { logger: createLogger({ level: 'silent' }) }),
    )
    await storage.blocks.append(chain.blocks.slice(0, disk.blocks ?? 12))
    await storage.close()
    if (disk.wal) await writeFile(path.join(paths.wal, 'current.wal'), disk.wal)
    if (disk.lastSigned) await writeFile(path.join(paths.wal, 'last-signed'), disk.lastSigned)
    if (disk.unusedKey) await writeFile(paths.unusedKey, hexFromBytes(disk.unusedKey))
    await f(home, {
      paths,
      config: { name: disk.name ?? 'h3', isValidator: true },
      genesis: chain.genesis,
      verifier: signatureVerifier,
      nowMs: NOW,
      isApplied: false,
    })
  })

const last = (height: number): Uint8Array => encodeLastSigned(networkId, { height, round: 0 })

const damagedWalAt = (height: number): Uint8Array => {
  const wal = encodeWalAt(networkId, height, [0, 1])
  wal[70] = (wal[70] as number) ^ 0x40
  return wal
}

const rows: readonly (readonly [
  what: string,
  disk: Disk,
  code: string | undefined,
  abstainUpTo: number | undefined,
])[] = [
  ['all memory', { wal: encodeWalAt(networkId, 13, [0]), lastSigned: last(13) }, undefined, 0],
  ['a damaged log', { wal: damagedWalAt(13), lastSigned: last(13) }, 'recovery.wal-damaged', 13],
  ['a damaged log, the record lost', { wal: damagedWalAt(13) }, 'recovery.wal-damaged', 13],
  [
    'a log of another network',
    { wal: encodeWalAt(new Uint8Array(32), 13, [0]), lastSigned: last(11) },
    'recovery.wal-foreign',
    11,
  ],
  ['a lost log', { lastSigned: last(13) }, 'recovery.wal-lost', 13],
  ['a lost log of a decided height', { lastSigned: last(12) }, undefined, 12],
  ['an old log', { wal: encodeWalAt(networkId, 9, [0]), lastSigned: last(13) }, 'recovery.wal-old', 13],
  [
    'old blocks',
    { wal: encodeWalAt(networkId, 13, [0]), lastSigned: last(13), blocks: 5 },
    'recovery.blocks-behind',
    13,
  ],
  ['old blocks, the log lost', { lastSigned: last(13), blocks: 5 }, 'recovery.blocks-behind', 13],
  ['a lost record', { wal: encodeWalAt(networkId, 13, [0]) }, 'recovery.last-signed-lost', 0],
  ['nothing but blocks', {}, 'recovery.memory-lost', undefined],
  ['a key that was never used', { blocks: 0, unusedKey: votingKey }, undefined, 0],
  ['a note of another key', { blocks: 0, unusedKey: networkId }, 'recovery.memory-lost', undefined],
  ['nothing at all', { blocks: 0 }, 'recovery.memory-lost', undefined],
  [
    'a memory older than an own signature',
    { wal: encodeWalAt(networkId, 9, [0]), lastSigned: last(9), name: 'h1' },
    'recovery.memory-old',
    undefined,
  ],
]

test('each situation is named, with the height that stays unsigned, and nothing is changed', async () => {
  for (const [what, disk, code, abstainUpTo] of rows) {
    await withHome(disk, async (home, options) => {
      const before = await readdir(nodePaths(home).wal)
      const report = unwrap(await recoverHome(options))
      equal(
        report.situations.map((each) => each.code),
        code === undefined ? [] : [code],
        what,
      )
      equal([report.abstainUpTo, report.isChanged], [abstainUpTo, false], what)
      equal(await readdir(nodePaths(home).wal), before, what)
    })
  }
})

test('a damaged log is put aside whole, and its height is recorded as signed', () =>
  withHome({ wal: damagedWalAt(15), lastSigned: last(14), blocks: 12 }, async (home, options) => {
    const folder = nodePaths(home).wal
    const report = unwrap(await recoverHome({ ...options, isApplied: true }))
    equal([report.abstainUpTo, report.isChanged], [15, true])
    equal(
      report.situations.map(({ code, remedy }) => [code, remedy]),
      [['recovery.blocks-behind', 'none']],
    )
    equal((await readdir(folder)).sort(), ['current.wal.aside-1', 'last-signed'])
    equal(new Uint8Array(await readFile(path.join(folder, 'current.wal.aside-1'))), damagedWalAt(15))
    equal(decodeLastSigned(new Uint8Array(await readFile(path.join(folder, 'last-signed'))), networkId), {
      height: 15,
      round: 0,
    })
    equal(unwrap(await recoverHome({ ...options, isApplied: true })).isChanged, false)
  }))

test('an unsafe start is for a home that lost memory only, above its blocks, and keeps what it puts aside', async () => {
  await withHome({ wal: encodeWalAt(networkId, 13, [0]), lastSigned: last(13) }, async (_home, options) => {
    const refused = await recoverHome({ ...options, unsafeVoteFrom: 20 })
    equal(refused.ok || refused.code, 'recovery.has-memory')
  })
  // What a validator without memory noted when the others had answered.
  await withHome({ lastSigned: last(14) }, async (_home, options) => {
    const looked = unwrap(await recoverHome({ ...options, unsafeVoteFrom: 13 }))
    equal(
      [looked.isChanged, looked.abstainUpTo === 12],
      [false, false],
      'nothing is written before it is confirmed',
    )
    equal(unwrap(await recoverHome({ ...options, isApplied: true, unsafeVoteFrom: 13 })).abstainUpTo, 12)
  })
  await withHome({}, async (home, options) => {
    const low = await recoverHome({ ...options, unsafeVoteFrom: 12 })
    equal(low.ok || low.code, 'recovery.height')
    const report = unwrap(await recoverHome({ ...options, isApplied: true, unsafeVoteFrom: 14 }))
    equal([report.abstainUpTo, report.isChanged], [13, true])
    equal((await readdir(nodePaths(home).wal)).sort(), ['current.wal.aside-1', 'last-signed'])
  })
  await withHome(
    { wal: encodeWalAt(networkId, 9, [0]), lastSigned: last(9), name: 'h1' },
    async (home, options) => {
      equal(unwrap(await recoverHome({ ...options, isApplied: true, unsafeVoteFrom: 14 })).abstainUpTo, 13)
      equal((await readdir(nodePaths(home).wal)).sort(), ['current.wal.aside-1', 'last-signed'])
    },
  )
})

test('an observer has nothing to lose, and a clock behind the blocks is named for everybody', () =>
  withHome({}, async (_home, options) => {
    const observer = { ...options, config: { name: 'h3', isValidator: false } }
    equal(unwrap(await recoverHome(observer)).situations, [])
    const [situation] = unwrap(await recoverHome({ ...observer, nowMs: -20_000 })).situations
    equal([situation?.code, situation?.remedy], ['recovery.clock-behind', 'operator'])
    match(situation?.means ?? '', '21 s behind')
  }))

test('a home that a daemon has open is left alone', () =>
  withHome({}, async (home, options) => {
    const storage = unwrap(
      await openStorage({ paths: nodePaths(home), networkId }, { logger: createLogger({ level: 'silent' }) }),
    )
    const refused = await recoverHome(options)
    equal(refused.ok || refused.code, 'storage.locked')
    await storage.close()
  }))

test('what a newer program wrote is not put aside', () =>
  withHome({ wal: new Uint8Array(60).fill(1) }, async (_, options) => {
    const record = { format: STORE_FORMAT + 1, networkId: hexFromBytes(networkId) }
    await writeStoreRecord(options.paths, record)
    const refused = await recoverHome({ ...options, isApplied: true })
    equal(refused.ok || refused.code, 'storage.newer-format')
    equal(await readdir(options.paths.wal), ['current.wal'])
  }))

test.run()
