import { readdir, rm, writeFile } from 'node:fs/promises'
import { decodeLastSigned, hexFromBytes, networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { initNodeHome, nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import { openStorage, storageFiles } from '../../src/storage/index.ts'
import { inFolder, makeChain } from './made-chain.ts'

const logger = createLogger({ level: 'silent' })
const { genesis, blocks } = makeChain(2)
const networkId = networkIdOf(genesis)

const inHome = (f: (home: string, votingKey: Uint8Array) => Promise<void>) =>
  inFolder(async (home) => {
    const made = await initNodeHome({
      home,
      name: 'north',
      role: 'hospital',
      passphrase: 'a passphrase of a test',
      listen: [],
      api: '127.0.0.1:0',
      isValidator: true,
    })
    await f(home, unwrap(made).member.votingKey)
  })

/** What a start finds as last signed. */
const startedWith = async (home: string, votingKey: Uint8Array) => {
  const storage = unwrap(await openStorage({ paths: nodePaths(home), networkId, votingKey }, { logger }))
  const { found } = storage.lastSigned
  await storage.close()
  return found && decodeLastSigned(found, networkId)
}

const NEVER = { height: 0, round: 0 }

test('a new home knows that nothing was signed with its key, and knows it again after a start', () =>
  inHome(async (home, votingKey) => {
    equal(await startedWith(home, votingKey), NEVER)
    equal((await readdir(nodePaths(home).wal)).sort(), ['current.wal', 'last-signed'])
    equal(await startedWith(home, votingKey), NEVER)
  }))

test('once it has started, a lost record is lost', () =>
  inHome(async (home, votingKey) => {
    await startedWith(home, votingKey)
    await rm(storageFiles(nodePaths(home)).lastSigned)
    equal(await startedWith(home, votingKey), undefined)
  }))

test('a note beside a write-ahead log, or of another key, says nothing and ends', () =>
  inHome(async (home, votingKey) => {
    const { unusedKey, wal } = nodePaths(home)
    equal(await startedWith(home, blocks[0]?.bytes.subarray(0, 32) ?? votingKey), undefined)
    await writeFile(unusedKey, hexFromBytes(votingKey))
    await writeFile(storageFiles(nodePaths(home)).wal, 'what an older run signed')
    equal(await startedWith(home, votingKey), undefined)
    equal(await readdir(wal), ['current.wal'])
  }))

test.run()
