import { recordIdOf } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { manifestEntry, pieceName, piecesMarker } from '../../src/custody/stored-batch.ts'
import { createUnanchoredBatches, UNANCHORED_AGE_MS_MAX } from '../../src/custody/unanchored.ts'
import { createMemoryChain } from '../requests/memory-chain.ts'
import { createMemoryVault } from '../requests/memory-vault.ts'
import { createTestClock } from '../requests/test-clock.ts'

const test = suite('what waits for its anchor')

const batchId = new Uint8Array(16).fill(7)
const recordId = recordIdOf(batchId, 0)
const value = Uint8Array.of(1)

const setUp = () => {
  const clock = createTestClock()
  const vault = createMemoryVault()
  const quiet = () => undefined
  const logger = { info: quiet, warn: quiet }
  const chain = createMemoryChain(clock)
  const unanchored = createUnanchoredBatches({ chain, vault, clock, logger })
  const pieces = () => vault.list('ciphertext', recordId).length
  return { chain, clock, vault, unanchored, pieces }
}

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
