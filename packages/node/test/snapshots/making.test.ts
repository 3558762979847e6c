import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Bucket,
  CHUNK_COUNT,
  decodeManifest,
  decodeSnapshotAnswer,
  encodeBucket,
  encodeHandover,
  encodeSnapshotRequest,
  networkIdOf,
  type SnapshotRequest,
  unwrap,
  validateChunk,
  validateManifest,
  validatorsOf,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { systemClock } from '../../src/clock.ts'
import { nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { signatureVerifier } from '../../src/replica/index.ts'
import { createSnapshotKeeper } from '../../src/snapshots/index.ts'
import {
  examineHome,
  handoversOfSnapshot,
  openSnapshotStore,
  openStorage,
  type Storage,
  storageFiles,
} from '../../src/storage/index.ts'
import { damageState } from '../storage/damage-state.ts'
import { inFolder, makeChain } from '../storage/made-chain.ts'
import { buildChain, writeChain } from './built-chain.ts'

const { genesis, keys } = makeChain(0)
const chain = buildChain({ genesis, keys, heights: 30, transactionsPerBlock: 5, intervalMs: 60_000 })
const logger = createLogger({ level: 'silent' })

const opened = async (home: string): Promise<Storage> =>
  unwrap(await openStorage({ paths: nodePaths(home), networkId: networkIdOf(genesis) }, { logger }))

const keeperOf = (home: string, storage: Storage, retainBlocks = 0) =>
  createSnapshotKeeper(
    { folder: storageFiles(nodePaths(home)).snapshots, snapshotEveryBlocks: 10, retainBlocks },
    {
      storage,
      handovers: { all: () => [] },
      genesis,
      verifier: signatureVerifier,
      clock: systemClock,
      logger,
      metrics: createMetrics(),
    },
  )

const sizeOf = async (folder: string): Promise<number> => {
  let total = 0
  for (const name of await readdir(folder)) {
    if (name.endsWith('.blocks')) total += (await stat(path.join(folder, name))).size
  }
  return total
}

const ask = async (
  keeper: Awaited<ReturnType<typeof keeperOf>>,
  request: SnapshotRequest,
): Promise<Uint8Array | undefined> =>
  unwrap(decodeSnapshotAnswer(await keeper.answer(encodeSnapshotRequest(request)))).content

/** A home with the chain, and a keeper that has made its snapshot. */
const withSnapshot = (f: (home: string, storage: Storage) => Promise<void>): Promise<void> =>
  inFolder(async (home) => {
    await writeChain(nodePaths(home), genesis, chain)
    const storage = await opened(home)
    const keeper = await keeperOf(home, storage)
    keeper.onCheckpoint(30)
    await keeper.settled()
    await keeper.close()
    try {
      await f(home, storage)
    } finally {
      await storage.close()
    }
  })

test('a snapshot is that of the checkpoint, whatever is written while it is made', () =>
  inFolder(async (home) => {
    await writeChain(nodePaths(home), genesis, chain)
    const storage = await opened(home)
    const keeper = await keeperOf(home, storage)
    keeper.onCheckpoint(30)
    const emptied = new Map<number, Bucket>([...chain.buckets.keys()].map((index) => [index, []]))
    await storage.state.write(31, emptied, chain.meta)
    equal([...storage.state.occupied()], [])
    await keeper.settled()
    const manifest = unwrap(decodeManifest((await ask(keeper, { type: 'manifest' })) ?? new Uint8Array(0)))
    is(unwrap(validateManifest(manifest, genesis, signatureVerifier)).height, 30)
    for (const [index, hash] of manifest.chunkHashes.entries()) {
      const bytes = await ask(keeper, { type: 'chunk', height: 30, index })
      for (const [at, bucket] of unwrap(validateChunk(index, bytes ?? new Uint8Array(0), hash))) {
        equal(bucket, chain.buckets.get(at))
      }
    }
    is(await ask(keeper, { type: 'chunk', height: 29, index: 0 }), undefined)
    await keeper.close()
    await storage.close()
  }))

test('a snapshot outlives a restart, and half a one does not', () =>
  withSnapshot(async (home, storage) => {
    const { snapshots } = storageFiles(nodePaths(home))
    const again = await keeperOf(home, storage)
    ok((await ask(again, { type: 'manifest' })) !== undefined)
    await writeFile(path.join(snapshots, '000000000030', 'manifest'), 'x')
    const third = await keeperOf(home, storage)
    is(await ask(third, { type: 'manifest' }), undefined)
    equal(await readdir(snapshots), [])
  }))

test('old blocks are dropped, but none that a snapshot still needs, however few are to be kept', () =>
  inFolder(async (home) => {
    await writeChain(nodePaths(home), genesis, chain, 10_000)
    const storage = await opened(home)
    const keeper = await keeperOf(home, storage, 1)
    const sizeBefore = await sizeOf(nodePaths(home).blocks)
    keeper.onCheckpoint(30)
    await keeper.settled()
    const manifest = unwrap(decodeManifest((await ask(keeper, { type: 'manifest' })) ?? new Uint8Array(0)))
    const { fromHeight } = manifest.recentBlocks
    const lowest = storage.blocks.lowestHeight()
    ok(lowest > fromHeight - 8 && lowest <= fromHeight, `${lowest} for ${fromHeight}`)
    equal(storage.blocks.readBlock(fromHeight), chain.blocks[fromHeight - 1]?.bytes)
    is(storage.blocks.readBlock(lowest - 1), undefined)
    ok((await sizeOf(nodePaths(home).blocks)) < sizeBefore / 2, 'disk space comes back')
    await keeper.close()
    await storage.close()
    const findings = []
    for await (const finding of examineHome(home, genesis, signatureVerifier)) findings.push(finding)
    equal(findings, [])
  }))

test('a damaged state without the first blocks comes back from the own snapshot', () =>
  withSnapshot(async (home, storage) => {
    await storage.close()
    const { blocks, state } = nodePaths(home)
    await writeFile(path.join(blocks, 'lowest-height'), '15\n')
    ok((await damageState(state)) > 0)
    const file = path.join(state, 'data.mdb')
    const bytes = await readFile(file)
    const again = await opened(home)
    is(again.state.checkpoint()?.height, 30)
    for (const [index, bucket] of chain.buckets)
      equal(encodeBucket(again.state.readBucket(index)), encodeBucket(bucket))
    await again.close()
    const { snapshots } = storageFiles(nodePaths(home))
    await writeFile(path.join(snapshots, '000000000030', 'manifest'), 'x')
    await writeFile(file, bytes)
    const lost = await openStorage({ paths: nodePaths(home), networkId: networkIdOf(genesis) }, { logger })
    is(lost.ok ? 'opened' : lost.code, 'storage.state-lost')
    throws(() => unwrap(lost))
  }))

test('the handovers of the newest snapshot are those that it was made with', () =>
  withSnapshot(async (home) => {
    const { snapshots } = storageFiles(nodePaths(home))
    equal(await handoversOfSnapshot(snapshots), [])
    const store = await openSnapshotStore(snapshots)
    const manifest = unwrap(decodeManifest((await store.manifest()) as Uint8Array))
    const { header, certificate } = manifest
    const handover = { header, certificate, validators: validatorsOf(genesis) }
    const writer = await store.begin()
    for (let index = 0; index < CHUNK_COUNT; index++) await writer.add(new Uint8Array(1))
    await writer.finish({ ...manifest, handovers: [encodeHandover(handover)] })
    equal(await handoversOfSnapshot(snapshots), [handover])
  }))

test('a disk that was full once does not end the making of snapshots', () =>
  inFolder(async (home) => {
    await writeChain(nodePaths(home), genesis, chain)
    const storage = await opened(home)
    const keeper = await keeperOf(home, storage)
    const { snapshots } = storageFiles(nodePaths(home))
    // No folder can be made below a file.
    await writeFile(snapshots, '')
    keeper.onCheckpoint(30)
    await keeper.settled()
    is(await ask(keeper, { type: 'manifest' }), undefined)
    await rm(snapshots)
    keeper.onCheckpoint(30)
    await keeper.settled()
    ok(await ask(keeper, { type: 'manifest' }))
    await keeper.close()
    await storage.close()
  }))

test.run()
