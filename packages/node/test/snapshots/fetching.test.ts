import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  decodeSnapshotRequest,
  decodeSyncRequest,
  encodeManifest,
  encodeSnapshotAnswer,
  encodeSyncResponse,
  networkIdOf,
  type Result,
  takeSnapshot,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { systemClock } from '../../src/clock.ts'
import { type NodePaths, nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import type { Network, PeerStatus } from '../../src/network/index.ts'
import { signatureVerifier } from '../../src/replica/index.ts'
import { joinBySnapshot } from '../../src/snapshots/index.ts'
import { examineHome, openStorage, StorageError, stagingFolder } from '../../src/storage/index.ts'
import { markComplete } from '../../src/storage/snapshots/install-staging.ts'
import { inFolder, makeChain } from '../storage/made-chain.ts'
import { buildChain } from './built-chain.ts'

const { genesis, keys } = makeChain(0)
const networkId = networkIdOf(genesis)
const HEIGHTS = 30

const built = (heights: number) => {
  const made = buildChain({ genesis, keys, heights, transactionsPerBlock: 5, intervalMs: 60_000 })
  const readBlock = (height: number): Uint8Array | undefined => made.blocks[height - 1]?.bytes
  const snapshot = takeSnapshot(
    {
      blocks: { headHeight: () => heights, readBlock },
      state: {
        checkpoint: () => ({ height: heights, meta: made.meta }),
        readBucket: (index) => made.buckets.get(index) ?? [],
        occupied: () => made.buckets.keys(),
      },
    },
    [],
  )
  return { chain: made, readBlock, ...unwrap(snapshot) }
}

const { chain, readBlock, manifest, chunks } = built(HEIGHTS)

/** What a member does with a request; undefined for no answer at all. */
interface TestMember {
  readonly manifest?: () => Uint8Array | undefined
  readonly chunk?: (index: number) => Uint8Array | undefined
  readonly block?: (height: number) => Uint8Array | undefined
}

const HONEST: Required<TestMember> = {
  manifest: () => encodeManifest(manifest),
  chunk: (index) => chunks[index],
  block: readBlock,
}

const spoil = (bytes: Uint8Array | undefined): Uint8Array | undefined =>
  bytes?.with(-1, (bytes.at(-1) as number) ^ 1)

const createMembers = (members: Readonly<Record<string, TestMember>>) => {
  const asked: Record<string, number> = {}
  let sizeBytes = 0
  let closed = 0
  const warnings: string[] = []
  const answer = (peer: string, protocol: string, body: Uint8Array): Uint8Array => {
    const member = { ...HONEST, ...members[peer] }
    if (protocol === 'sync') {
      const { fromHeight } = unwrap(decodeSyncRequest(body))
      const block = member.block(fromHeight)
      return encodeSyncResponse({ headHeight: 30, blocks: block ? [block] : [] })
    }
    const request = unwrap(decodeSnapshotRequest(body))
    if (request.type === 'manifest') return encodeSnapshotAnswer(member.manifest())
    return encodeSnapshotAnswer(member.chunk(request.index))
  }
  const network = {
    start: async () => undefined,
    close: async () => void closed++,
    peers: () => Object.keys(members).map((institution) => ({ institution, connected: true }) as PeerStatus),
    request: async (peer: string, protocol: string, body: Uint8Array) => {
      asked[peer] = (asked[peer] ?? 0) + 1
      const bytes = answer(peer, protocol, body)
      sizeBytes += bytes.length
      return bytes
    },
  } as unknown as Network
  const silent = createLogger({ level: 'silent' })
  const warn = ((fields: { code?: string; peer?: string }) =>
    void warnings.push(`${fields.code} ${fields.peer ?? ''}`.trim())) as typeof silent.warn
  const logger = Object.assign(Object.create(silent), { warn, child: () => logger }) as typeof silent
  const join = (paths: NodePaths): Promise<Result<void>> =>
    joinBySnapshot({
      paths,
      genesis,
      verifier: signatureVerifier,
      clock: systemClock,
      logger,
      network,
      connect: async () => ({ ok: true, value: undefined }),
      patienceMs: 1500,
    })
  return { join, asked, warnings, sizeBytes: () => sizeBytes, closed: () => closed }
}

/** Height and state root that a home opens with, after its doctor found nothing. */
const openedAt = async (home: string): Promise<{ height: number; lowest: number; buckets: number }> => {
  for await (const finding of examineHome(home, genesis, signatureVerifier)) throw new Error(finding.message)
  const logger = createLogger({ level: 'silent' })
  const storage = unwrap(await openStorage({ paths: nodePaths(home), networkId }, { logger }))
  const height = storage.state.checkpoint()?.height ?? 0
  const found = {
    height,
    lowest: storage.blocks.lowestHeight(),
    buckets: [...storage.state.occupied()].length,
  }
  await storage.close()
  return found
}

const occupied = [...chain.buckets.values()].filter((bucket) => bucket.length > 0).length
const WHOLE = { height: 30, lowest: manifest.recentBlocks.fromHeight, buckets: occupied }

test('a snapshot comes from several members, and what was staged is gone', () =>
  inFolder(async (home) => {
    const { join, asked, warnings, sizeBytes } = createMembers({ a: {}, b: {} })
    unwrap(await join(nodePaths(home)))
    equal(warnings, [])
    const chainBytes = chain.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
    ok(sizeBytes() < chainBytes, `${sizeBytes()} bytes for a chain of ${chainBytes}`)
    ok((asked['a'] ?? 0) > 64 && (asked['b'] ?? 0) > 64)
    equal(await openedAt(home), WHOLE)
    ok(!(await readdir(nodePaths(home).data)).includes('joining'))
    ok(WHOLE.lowest > 1)
  }))

test('a member that offers too few blocks is named, and those who supply them are not', () =>
  inFolder(async (home) => {
    const { recentBlocks } = manifest
    const few = { ...manifest, recentBlocks: { ...recentBlocks, fromHeight: recentBlocks.fromHeight + 1 } }
    const { join, warnings } = createMembers({ liar: { manifest: () => encodeManifest(few) }, honest: {} })
    unwrap(await join(nodePaths(home)))
    equal(warnings, ['snapshot.bad-piece liar'])
    equal(await openedAt(home), WHOLE)
  }))

for (const [what, liar] of [
  ['manifest', { manifest: () => encodeManifest({ ...manifest, log: { size: 0, hashes: [] } }) }],
  ['piece of the state', { chunk: (index: number) => spoil(chunks[index]) }],
  ['block', { block: (height: number) => spoil(readBlock(height)) }],
] as const) {
  test(`a member that hands on a false ${what} is named and not asked again`, () =>
    inFolder(async (home) => {
      const { join, asked, warnings } = createMembers({ liar, honest: {} })
      unwrap(await join(nodePaths(home)))
      ok(
        warnings.length > 0 && warnings.every((warning) => warning === 'snapshot.bad-piece liar'),
        `${warnings}`,
      )
      if (what !== 'block') ok((asked['liar'] ?? 0) <= 3)
      equal(await openedAt(home), WHOLE)
    }))
}

test('a member that offers the newest snapshot and hands on nothing of it keeps nobody from the others', () =>
  inFolder(async (home) => {
    const older = built(20)
    const { join, warnings } = createMembers({
      staller: { chunk: () => undefined },
      honest: {
        manifest: () => encodeManifest(older.manifest),
        chunk: (index) => older.chunks[index],
        block: older.readBlock,
      },
    })
    unwrap(await join(nodePaths(home)))
    equal(warnings, [])
    equal((await openedAt(home)).height, 20)
  }))

test('a disk that cannot be written ends the start with one sentence, and the network with it', () =>
  inFolder(async (home) => {
    const paths = nodePaths(home)
    await mkdir(paths.data, { recursive: true })
    await writeFile(stagingFolder(paths), '')
    const members = createMembers({ a: {} })
    const code = await members.join(paths).then(
      () => 'joined',
      (error: unknown) => (error instanceof StorageError ? error.code : String(error)),
    )
    equal([code, members.closed()], ['storage.write-failed', 1])
  }))

test('what was fetched before a break is not fetched again', () =>
  inFolder(async (home) => {
    let left = 100
    const tired = (index: number): Uint8Array | undefined => (left-- > 0 ? chunks[index] : undefined)
    const first = createMembers({ a: { chunk: tired } })
    unwrap(await first.join(nodePaths(home)))
    equal(first.warnings, ['snapshot.unavailable'])
    ok((await readdir(stagingFolder(nodePaths(home)))).includes('state'))
    const second = createMembers({ b: {} })
    unwrap(await second.join(nodePaths(home)))
    ok((second.asked['b'] ?? 0) <= 256 - 100 + 30 + 1, `${second.asked['b']} requests`)
    equal(await openedAt(home), WHOLE)
  }))

test('a crash at any step of the installation leaves nothing or all of it', () =>
  inFolder(async (home) => {
    const paths = nodePaths(home)
    unwrap(await createMembers({ a: {} }).join(paths))
    const staging = stagingFolder(paths)
    const back = async (...folders: readonly ('blocks' | 'state')[]): Promise<void> => {
      await mkdir(staging, { recursive: true })
      for (const name of folders) await rename(paths[name], path.join(staging, name))
    }
    for (const [what, undo] of [
      ['before the first step', () => back('blocks', 'state')],
      ['with an empty chain in the place', () => back('blocks', 'state').then(() => mkdir(paths.blocks))],
      ['after the blocks', () => back('state')],
      ['after the state', () => back()],
    ] as const) {
      await undo()
      await markComplete(staging)
      equal(await openedAt(home), WHOLE, what)
      ok(!(await readdir(paths.data)).includes('joining'), what)
    }
    await back('blocks', 'state')
    equal(await openedAt(home), { height: 0, lowest: 1, buckets: 0 }, 'not complete')
  }))

test('a home with a chain keeps it, and nobody is asked', () =>
  inFolder(async (home) => {
    const first = createMembers({ a: {} })
    unwrap(await first.join(nodePaths(home)))
    const second = createMembers({ a: {} })
    unwrap(await second.join(nodePaths(home)))
    equal(second.asked, {})
    is((await openedAt(home)).height, 30)
    ok(!(await readdir(nodePaths(home).data)).includes(path.basename(stagingFolder(nodePaths(home)))))
  }))

test('without anybody who has one the home stays empty', () =>
  inFolder(async (home) => {
    const { join, warnings } = createMembers({ a: { manifest: () => undefined } })
    unwrap(await join(nodePaths(home)))
    equal(warnings, ['snapshot.unavailable'])
    equal(await openedAt(home), { height: 0, lowest: 1, buckets: 0 })
  }))

test.run()
