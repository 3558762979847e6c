import { appendFile, readFile } from 'node:fs/promises'
import { test } from 'uvu'
import { equal, throws } from 'uvu/assert'
import { encodeEntry } from '../../src/storage/blocks/segment-entry.ts'
import { inFolder, makeChain } from './made-chain.ts'
import { segmentFile, storingFor } from './stored-home.ts'

const chain = makeChain(3)
const { withStorage, fill } = storingFor(chain)

test('what a torn block holds is no block, whatever it looks like', () =>
  inFolder(async (home) => {
    await fill(home)
    const file = await segmentFile(home)
    const whole = await readFile(file)
    const chosen = [4, 5, 1_000_000].map((height) => encodeEntry(height, new Uint8Array(60).fill(height)))
    const torn = encodeEntry(4, Buffer.concat([Buffer.alloc(200), ...chosen, Buffer.alloc(200)])).subarray(
      0,
      -9,
    )
    const planted = [2, 1_000_000].map((height) => encodeEntry(height, new Uint8Array(60)))
    const headless = Buffer.concat([Buffer.alloc(300), ...planted, Buffer.alloc(40)])
    // As long as it was to be, and not written to its end.
    const hollow = encodeEntry(4, Buffer.concat([Buffer.alloc(200), ...chosen, Buffer.alloc(200, 1)]))
    hollow.fill(0, -200)
    for (const tail of [torn, headless, hollow]) {
      await appendFile(file, tail)
      await withStorage(home, async ({ blocks }) => equal(blocks.headHeight(), 3))
      equal(await readFile(file), whole)
    }
  }))

/** Block 4, one byte of it turned at `at` from its beginning or its end, with entries of these heights in it, and block 5. */
const onlyFourIsLost = (at: number, heights: readonly number[]) =>
  inFolder(async (home) => {
    await fill(home)
    const chosen = heights.map((height) => encodeEntry(height, new Uint8Array(60)))
    const entry = Buffer.from(encodeEntry(4, Buffer.concat([...chosen, Buffer.alloc(50)])))
    const place = at < 0 ? entry.length + at : at
    entry[place] = (entry[place] as number) ^ 1
    const next = new Uint8Array(80).fill(5)
    await appendFile(await segmentFile(home), Buffer.concat([entry, encodeEntry(5, next)]))
    await withStorage(home, async ({ blocks }) => {
      equal([blocks.headHeight(), blocks.readBlock(5)], [5, next])
      throws(() => blocks.readBlock(4), /Block 4 in/)
    })
  })

test('a block with damaged contents is the only one that is lost, whatever stands in it', () =>
  onlyFourIsLost(-1, [1, 5, 6, 1_000_000]))

test('a block with a damaged head hides no block behind heights that cannot be', () =>
  onlyFourIsLost(3, [1, 1_000_000]))

test.run()
