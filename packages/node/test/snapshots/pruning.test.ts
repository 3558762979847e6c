import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { open } from 'lmdb'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { nodePaths } from '../../src/config/index.ts'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { createBlockIndex } from '../../src/storage/blocks/block-index.ts'
import { type BlockStore, openBlockStore } from '../../src/storage/blocks/block-store.ts'
import { writeLowestHeight } from '../../src/storage/blocks/lowest-height.ts'
import { examineHome } from '../../src/storage/index.ts'
import { inFolder, makeChain } from '../storage/made-chain.ts'

const chain = makeChain(40)

/** A store whose segments hold a few blocks each. */
const withStore = async (folder: string, f: (store: BlockStore) => Promise<void>): Promise<void> => {
  const root = open<Buffer, string>({ path: path.join(folder, 'index'), encoding: 'binary', maxDbs: 4 })
  const database = root.openDB<Buffer, number>({ name: 'blocks', encoding: 'binary', keyEncoding: 'uint32' })
  const index = createBlockIndex(database, (error) => {
    throw error
  })
  const store = await openBlockStore({ folder, index, segmentSizeBytes: 2000 })
  try {
    await f(store)
  } finally {
    await store.close()
    await root.close()
  }
}

const segmentsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.blocks'))

const sizeOf = async (folder: string): Promise<number> => {
  let total = 0
  for (const name of await segmentsIn(folder)) total += (await stat(path.join(folder, name))).size
  return total
}

const fill = async (store: BlockStore): Promise<void> => {
  for (const block of chain.blocks) await store.append([block])
}

const heightsOf = (store: BlockStore): number[] =>
  chain.blocks.map(({ height }) => height).filter((height) => store.readBlock(height) !== undefined)

test('pruning gives whole segments back and keeps every block from the height on, after a restart too', () =>
  inFolder(async (folder) => {
    await withStore(folder, async (store) => {
      await fill(store)
      const before = await sizeOf(folder)
      const freedBytes = await store.prune(25)
      ok(freedBytes > before / 3, `${freedBytes} of ${before} bytes`)
      is(before - (await sizeOf(folder)), freedBytes)
      const lowest = store.lowestHeight()
      ok(lowest > 10 && lowest <= 25, `lowest is ${lowest}`)
      equal(heightsOf(store)[0], lowest)
      is(await store.prune(25), 0)
    })
    await withStore(folder, async (store) => {
      equal(heightsOf(store).length, 41 - store.lowestHeight())
      is(store.headHeight(), 40)
      is((await store.prune(1000)) > 0, true)
      equal(store.readBlock(40), chain.blocks[39]?.bytes)
    })
  }))

test('a crash between the note and the deletion is finished at the next start', () =>
  inFolder(async (folder) => {
    let kept = 0
    await withStore(folder, async (store) => {
      await fill(store)
      kept = Number((await segmentsIn(folder)).sort()[3]?.slice(0, 12))
    })
    await writeLowestHeight(folder, kept)
    const before = (await segmentsIn(folder)).length
    await withStore(folder, async (store) => {
      is(store.lowestHeight(), kept)
      is(heightsOf(store)[0], kept)
    })
    is((await segmentsIn(folder)).length, before - 3)
  }))

test('the doctor misses nothing below the lowest height, and everything above', () =>
  inFolder(async (home) => {
    const { blocks } = nodePaths(home)
    await mkdir(blocks, { recursive: true })
    await writeLowestHeight(blocks, 31)
    await withStore(blocks, (store) => store.append(chain.blocks.slice(30)))
    const examine = async (): Promise<string[]> => {
      const codes: string[] = []
      for await (const { code } of examineHome(home, chain.genesis, signatureVerifier)) codes.push(code)
      return codes
    }
    equal(await examine(), [])
    await writeLowestHeight(blocks, 29)
    equal(await examine(), ['storage.block-damaged', 'storage.block-damaged'])
    await writeFile(path.join(blocks, 'lowest-height'), 'x')
    equal(await examine(), ['storage.record-damaged'])
  }))

test.run()
