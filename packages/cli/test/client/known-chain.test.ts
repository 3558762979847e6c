// Two commands of one home at once: the higher head stays, whichever of them writes last.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { type KnownChain, keepKnownChain, readKnownChain } from '../../src/client/known-chain.ts'

const knownAt = (height: number): KnownChain => ({
  height,
  timeMs: height * 1000,
  blockHash: String(height),
  setFromHeight: 1,
  setHash: 'aa',
})

const inTemporaryHome = async (work: (home: string) => Promise<void>): Promise<void> => {
  const home = await mkdtemp(path.join(tmpdir(), 'medchain-known-'))
  await work(home).finally(() => rm(home, { recursive: true }))
}

/** Keeps heads of one parity, in falling and rising order, as a command of its own. */
const [, , home, parity] = process.argv
if (home !== undefined && parity !== undefined) {
  for (let round = 0; round < 20; round++)
    for (const height of [100 - 2 * round, 2 * round])
      await keepKnownChain(home, 'net', knownAt(height + Number(parity)))
} else {
  test('commands of one process: the higher head stays, and whoever came late is told of it', () =>
    inTemporaryHome(async (folder) => {
      const heights = [5, 9, 3, 9, 7, 1]
      const kept = await Promise.all(heights.map((height) => keepKnownChain(folder, 'net', knownAt(height))))
      equal(
        kept.map(({ height }) => height),
        [5, 9, 9, 9, 9, 9],
      )
      equal(await readKnownChain(folder, 'net'), knownAt(9))
    }))

  test('commands of several processes', () =>
    inTemporaryHome(async (folder) => {
      const children = ['0', '1'].map((each) => fork(import.meta.filename, [folder, each]))
      const ends = await Promise.all(children.map((child) => once(child, 'exit')))
      equal(
        ends.map(([code]) => code),
        [0, 0],
      )
      is((await readKnownChain(folder, 'net'))?.height, 101)
      equal(
        (await readdir(path.join(folder, 'chains'))).filter((name) => name.endsWith('.tmp')),
        [],
      )
    }))

  test.run()
}
