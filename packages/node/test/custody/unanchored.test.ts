import { recordIdOf } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createHolder } from '../../src/custody/holder.ts'
import { manifestEntry, pieceName, piecesMarker } from '../../src/custody/stored-batch.ts'
import { createUnanchoredBatches, UNANCHORED_AGE_MS_MAX } from '../../src/custody/unanchored.ts'
import { createMemoryChain } from '../requests/memory-chain.ts'
import { createMemoryVault } from '../requests/memory-vault.ts'
import { createTestClock } from '../requests/test-clock.ts'

const test = suite('what waits for its anchor')

const batchId = new Uint8Array(16).fill(7)
const recordId = recordIdOf(batchId, 0)
const value = Uint8Array.of(1)

const setUp = (waitingBytesMax?: number) => {
  const clock = createTestClock()
  const vault = createMemoryVault()
  const quiet = () => undefined
  const logger = { info: quiet, warn: quiet }
  const chain = createMemoryChain(clock)
  const unanchored = createUnanchoredBatches({ chain, vault, clock, logger }, waitingBytesMax)
  const pieces = () => vault.list('ciphertext', recordId).length
  return { chain, clock, vault, unanchored, pieces }
}

const MIB = 1024 * 1024

test('C18: what one member has waiting is bounded, and others have room beside it', async () => {
  const { chain, clock, vault, unanchored } = setUp(4 * MIB)
  const self = chain.institutions[0] as (typeof chain.institutions)[number]
  const holder = createHolder({ chain, vault, self, clock }, unanchored)
  const [filler, other] = [1, 2].map((at) => chain.institutions[at]?.id as Uint8Array) as [
    Uint8Array,
    Uint8Array,
  ]
  const give = async (from: Uint8Array, of: number, piece: number) => {
    const bytes = new Uint8Array(MIB).fill(piece)
    const given = await holder.storePiece(from, { recordId: recordIdOf(batchId, of), piece, bytes })
    return given.ok ? 'ok' : given.code
  }
  for (const piece of [0, 1, 2, 3]) is(await give(filler, piece % 2, piece), 'ok')
  is(await give(filler, 0, 4), 'import.quota')
  is(await give(filler, 9, 0), 'import.quota', 'under another name neither')
  is(await give(filler, 0, 0), 'import.quota', 'what is written again takes its place on the disk too')
  is(await give(other, 3, 0), 'ok')
  is(await give(self.id, 4, 0), 'ok')
  clock.advance(UNANCHORED_AGE_MS_MAX + 1)
  is(await give(filler, 0, 0), 'ok', 'what no block anchored is gone by then')
})

test('C18: what came with its batch leaves room again', async () => {
  const { clock, vault, unanchored } = setUp(2 * MIB)
  const from = new Uint8Array(32).fill(3)
  const manifest = { side: 'ciphertext' as const, from, anchorsRoot: from, count: 1, sizesBytes: [2 * MIB] }
  unanchored.watchPiece(recordId, from, 2 * MIB)
  is(await unanchored.hasRoom(from, MIB), false)
  await vault.putBatch([manifestEntry(batchId, manifest)])
  clock.advance(2000)
  is(await unanchored.hasRoom(from, MIB), true, 'healing goes on with the next batch')
})

test('pieces whose batch never comes are dropped after an hour', async () => {
  const { clock, vault, unanchored, pieces } = setUp()
  await vault.putBatch([
    { ...pieceName(recordId, 0), value },
    { ...piecesMarker(recordId), value },
  ])
  unanchored.watchPiece(recordId)
  await unanchored.sweep()
  equal(pieces(), 1)
  clock.advance(UNANCHORED_AGE_MS_MAX + 1)
  await unanchored.sweep()
  equal([pieces(), vault.list('index', new Uint8Array(0)).length], [0, 0])
})

test('a piece that was written again while its batch was stored is kept', async () => {
  const { clock, vault, unanchored, pieces } = setUp()
  const manifest = {
    side: 'ciphertext' as const,
    from: new Uint8Array(32),
    anchorsRoot: new Uint8Array(32),
    count: 1,
    sizesBytes: [3 * 1024 * 1024],
  }
  await vault.putBatch([{ ...pieceName(recordId, 0), value }, manifestEntry(batchId, manifest)])
  unanchored.watchPiece(recordId)
  clock.advance(UNANCHORED_AGE_MS_MAX + 1)
  await unanchored.sweep()
  equal(pieces(), 1)
})

test('a node that is cut off drops no batch: the chain may have it by then', async () => {
  const { chain, clock, vault, unanchored } = setUp()
  const manifest = {
    side: 'release' as const,
    from: new Uint8Array(32),
    anchorsRoot: new Uint8Array(32),
    count: 1,
    sizesBytes: [],
  }
  await vault.putBatch([{ kind: 'release', key: recordId, value }, manifestEntry(batchId, manifest)])
  await unanchored.load()
  clock.advance(UNANCHORED_AGE_MS_MAX + 1)
  is(await unanchored.sweep(), 0)
  equal(vault.list('release', recordId).length, 1)
  chain.beat()
  is(await unanchored.sweep(), 1)
  equal(vault.list('release', recordId).length, 0)
})

test('pieces that somebody sent to a holder of release keys are dropped, and no half of theirs is kept', async () => {
  const { clock, vault, unanchored, pieces } = setUp()
  const manifest = {
    side: 'release' as const,
    from: new Uint8Array(32),
    anchorsRoot: new Uint8Array(32),
    count: 1,
    sizesBytes: [],
  }
  await vault.putBatch([
    { ...pieceName(recordId, 0), value },
    { ...piecesMarker(recordId), value },
  ])
  unanchored.watchPiece(recordId)
  await vault.putBatch([manifestEntry(batchId, manifest)])
  unanchored.watch(batchId, manifest)
  clock.advance(UNANCHORED_AGE_MS_MAX + 1)
  await unanchored.sweep()
  equal([pieces(), vault.list('index', piecesMarker(recordId).key).length], [0, 0])
})

test.run()
