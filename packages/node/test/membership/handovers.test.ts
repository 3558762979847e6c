import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { equalBytes, unwrap, type ValidatorSet, validatorSetHash } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { createLogger } from '../../src/logger.ts'
import { openHandovers } from '../../src/membership/index.ts'
import { signatureVerifier } from '../../src/replica/index.ts'
import { readHandovers, writeHandovers } from '../../src/storage/index.ts'
import { inFolder } from '../storage/made-chain.ts'
import { chainAt, firstSet, genesis, handoverOf, secondSet, thirdSet } from './changing-chain.ts'

const isSame = (a: ValidatorSet, b: ValidatorSet): boolean =>
  equalBytes(validatorSetHash(a), validatorSetHash(b))

const inFile = (f: (file: string, logged: string[]) => Promise<void>): Promise<void> =>
  inFolder((folder) => f(path.join(folder, 'handovers'), []))

const open = (file: string, logged: string[] = []) => {
  const logger = createLogger({ level: 'error', write: (line) => void logged.push(line), isTerminal: false })
  return openHandovers({ file, genesis, verifier: signatureVerifier, logger })
}

const heightsIn = async (file: string): Promise<readonly number[] | undefined> =>
  unwrap(await readHandovers(file))?.map(({ header }) => header.height)

test('each change of the validator set is kept as it is committed, and read again', () =>
  inFile(async (file) => {
    const { chain, commit } = chainAt(2)
    const handovers = await open(file)
    await handovers.follow(chain)
    equal(await heightsIn(file), [])
    for (let height = 3; height <= 9; height++) commit()
    await handovers.close()
    equal(await heightsIn(file), [3, 7])
    const again = await open(file)
    for (const each of [handovers, again]) {
      ok(isSame(each.validatorsAt(3), firstSet))
      ok(isSame(each.validatorsAt(4), secondSet))
      ok(isSame(each.validatorsAt(7), secondSet))
      ok(isSame(each.validatorsAt(8), thirdSet))
      equal(
        each.all().map(({ header }) => header.height),
        [3, 7],
      )
    }
  }))

test('a missing file is made again from the blocks, and so is what a crash kept from it', () =>
  inFile(async (file) => {
    const first = await open(file)
    await first.follow(chainAt(10).chain)
    equal(await heightsIn(file), [3, 7])
    await writeHandovers(file, [handoverOf(3, secondSet)])
    const second = await open(file)
    await second.follow(chainAt(10).chain)
    equal(await heightsIn(file), [3, 7])
  }))

test('what the file holds needs its blocks no more', () =>
  inFile(async (file) => {
    await writeHandovers(file, [handoverOf(3, secondSet), handoverOf(7, thirdSet)])
    const { chain, readBlocks } = chainAt(10, 9)
    const handovers = await open(file)
    await handovers.follow(chain)
    ok(isSame(handovers.validatorsAt(10), thirdSet))
    ok(readBlocks.every((height) => height > 7))
  }))

test('where file and blocks are gone, the list of the newest own snapshot serves', () =>
  inFile(async (file) => {
    const logger = createLogger({ level: 'error', write: () => undefined, isTerminal: false })
    const spare = async () => [handoverOf(3, secondSet), handoverOf(7, thirdSet)]
    const handovers = await openHandovers({ file, spare, genesis, verifier: signatureVerifier, logger })
    await handovers.follow(chainAt(10, 9).chain)
    equal(await heightsIn(file), [3, 7])
    ok(isSame(handovers.validatorsAt(10), thirdSet))
  }))

for (const [what, list] of [
  ['that does not start at the genesis document', [handoverOf(7, thirdSet)]],
  ['that names another set', [handoverOf(3, thirdSet)]],
  ['out of order', [handoverOf(7, thirdSet), handoverOf(3, secondSet)]],
] as const) {
  test(`a list ${what} is not believed`, () =>
    inFile(async (file, logged) => {
      await writeHandovers(file, list)
      const handovers = await open(file, logged)
      equal(handovers.all(), [])
      ok(isSame(handovers.validatorsAt(9), firstSet))
      ok(logged.some((line) => line.includes('proof.handover')))
      await handovers.follow(chainAt(10).chain)
      equal(await heightsIn(file), [3, 7])
    }))
}

test('a damaged file is named and made again', () =>
  inFile(async (file, logged) => {
    await writeFile(file, 'no list')
    const handovers = await open(file, logged)
    ok(logged.some((line) => line.includes('storage.handovers-damaged')))
    await handovers.follow(chainAt(10).chain)
    equal(await heightsIn(file), [3, 7])
  }))

test.run()
