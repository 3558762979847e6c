import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import {
  createReplica,
  decodeCommittedBlock,
  hexFromBytes,
  institutionIdOf,
  networkIdOf,
  pendingFromBytes,
  type Refusal,
  unwrap,
} from '@medchain/core'
import { extract } from 'tar-stream'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { systemClock } from '../../src/clock.ts'
import { nodePaths, readGenesisFile, readPassphraseFile } from '../../src/config/index.ts'
import { readNodeKeys } from '../../src/config/read-node-keys.ts'
import type { NodePaths } from '../../src/index.ts'
import { createLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { createLedger, createReplicaPorts, createSigner, signatureVerifier } from '../../src/replica/index.ts'
import { openStorage, type Storage, storageFiles } from '../../src/storage/index.ts'
import { migrate } from '../../src/storage/migrations/migrate-store.ts'
import type { Migration } from '../../src/storage/migrations/migration.ts'
import { readStoreRecord, recordFile, STORE_FORMAT } from '../../src/storage/store-record.ts'
import { createEnroller } from '../process/enrolment.ts'
import { eventually } from '../process/eventually.ts'
import { inFolder } from './made-chain.ts'
import { createMemoryNetwork } from './memory-network.ts'

const FIXTURE = path.join(import.meta.dirname, '../fixtures/store-format-6.tar.gz')
const NAMES = ['north-hospital', 'south-hospital', 'city-laboratory', 'research-institute'] as const
const logger = createLogger({ level: 'silent' })

/** The homes of four nodes as a program of format 6 left them. */
const unpackTo = async (folder: string): Promise<void> => {
  const archive = extract()
  const unpacking = pipeline(Readable.from([await readFile(FIXTURE)]), createGunzip(), archive)
  for await (const entry of archive) {
    const chunks: Buffer[] = []
    for await (const chunk of entry as unknown as AsyncIterable<Buffer>) chunks.push(chunk)
    const file = path.join(folder, entry.header.name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, Buffer.concat(chunks), { mode: 0o600 })
  }
  await unpacking
}

const inHomes = (f: (homes: readonly NodePaths[], folder: string) => Promise<void>) => () =>
  inFolder(async (folder) => {
    await unpackTo(folder)
    await f(
      NAMES.map((name) => nodePaths(path.join(folder, name))),
      folder,
    )
  })

const genesisIn = async (folder: string) => unwrap(await readGenesisFile(path.join(folder, 'genesis.json')))

const open = async (paths: NodePaths, folder: string) =>
  openStorage({ paths, networkId: networkIdOf(await genesisIn(folder)) }, { logger })

const formatOf = async (paths: NodePaths): Promise<number | undefined> =>
  unwrap(await readStoreRecord(paths))?.format

const codeOf = (result: { readonly ok: boolean } | Refusal): string =>
  'code' in result ? result.code : 'opened'

const transactionIdsAt = ({ blocks }: Storage, height: number): Uint8Array[] => {
  const { block } = unwrap(decodeCommittedBlock(blocks.readBlock(height) as Uint8Array))
  return block.transactions.map((bytes) => unwrap(pendingFromBytes(bytes)).txId)
}

test(
  'a store of format 6 opens, has the head and state that it had, and its network goes on',
  inHomes(async (homes, folder) => {
    const genesis = await genesisIn(folder)
    const expected = JSON.parse(await readFile(path.join(folder, 'expected.json'), 'utf8'))
    const institutions = NAMES.map((name) => {
      const member = genesis.members.find((each) => each.name === name)
      return institutionIdOf(member as NonNullable<typeof member>)
    })
    const { networks, connect } = createMemoryNetwork(institutions)
    const closers: (() => Promise<void>)[] = []
    const ledgers = await Promise.all(
      homes.map(async (paths, index) => {
        equal(await formatOf(paths), 6)
        const storage = unwrap(await open(paths, folder))
        equal(await formatOf(paths), STORE_FORMAT)
        for (let height = 1; height <= storage.blocks.headHeight(); height++)
          for (const id of transactionIdsAt(storage, height)) equal(storage.transactions.heightOf(id), height)
        const passphrase = unwrap(await readPassphraseFile(path.join(paths.home, 'passphrase')))
        const keys = unwrap(await readNodeKeys(paths, passphrase))
        const self = { institution: institutions[index] as Uint8Array, signer: createSigner(keys.votingSeed) }
        const ports = createReplicaPorts(storage, signatureVerifier, storage.blocks.readBlock)
        const ledger = createLedger(
          { evidenceFile: storageFiles(paths).evidence, syncTimeoutMs: 1000 },
          {
            replica: createReplica({ genesis, self, ports }),
            storage,
            network: networks[index] as (typeof networks)[number],
            clock: systemClock,
            logger,
            metrics: createMetrics(),
            onHalt: ({ code, message }) => {
              throw new Error(`${code}: ${message}`)
            },
          },
        )
        await ledger.start()
        closers.push(async () => {
          await ledger.close()
          await storage.close()
        })
        return ledger
      }),
    )
    const [ledger] = ledgers
    ok(ledger)
    const { height, headHash, stateRoot } = ledger.status()
    equal({ height, headHash: hexFromBytes(headHash), stateRoot: hexFromBytes(stateRoot) }, expected)
    connect()
    const node = {
      name: NAMES[0],
      home: (homes[0] as NodePaths).home,
      role: 'hospital',
      apiUrl: '',
      apiPort: 0,
      p2pPort: 0,
    } as const
    const enrolment = await createEnroller(node, genesis)
    const submitted = unwrap(await ledger.submit(enrolment().bytes, { timeoutMs: 60_000 }))
    ok((submitted.height ?? 0) > expected.height)
    await eventually('all go on', 60_000, async () =>
      ledgers.every((each) => each.status().height > expected.height),
    )
    for (const close of closers) await close()
  }),
)

test(
  'what an earlier or a newer program wrote is refused and stays as it is',
  inHomes(async ([paths], folder) => {
    ok(paths)
    const record = JSON.parse(await readFile(recordFile(paths), 'utf8'))
    for (const [format, code] of [
      [STORE_FORMAT + 1, 'storage.newer-format'],
      [5, 'storage.old-format'],
    ] as const) {
      const other = `${JSON.stringify({ ...record, format })}\n`
      await writeFile(recordFile(paths), other)
      equal(codeOf(await open(paths, folder)), code)
      equal(await readFile(recordFile(paths), 'utf8'), other)
    }
    await rm(recordFile(paths))
    const first = path.join(paths.blocks, 'network.json')
    await writeFile(first, JSON.stringify({ networkId: record.networkId }))
    equal(codeOf(await open(paths, folder)), 'storage.old-format')
  }),
)

test(
  'the record stays when blocks and state are put aside',
  inHomes(async ([paths], folder) => {
    ok(paths)
    await unwrap(await open(paths, folder)).close()
    await rm(paths.blocks, { recursive: true })
    await rm(paths.state, { recursive: true })
    const other = await openStorage({ paths, networkId: new Uint8Array(32) }, { logger })
    equal(codeOf(other), 'genesis.mismatch')
  }),
)

test('migrations run in their order, each once, and go on from the one that failed', () =>
  inFolder(async (home) => {
    const paths = nodePaths(home)
    await mkdir(paths.data, { recursive: true })
    const ran: string[] = []
    let isBroken = true
    const step = (from: number): Migration => ({
      from,
      does: `step ${from}`,
      run: async () => {
        ran.push(`${from}`)
        if (from === 2 && isBroken) throw new Error('no space')
      },
    })
    const options = { logger, migrations: [step(3), step(1), step(2)], target: 4 }
    const first = await migrate(paths, { format: 1, networkId: '00' }, options).catch(
      (error: unknown) => error,
    )
    ok(first instanceof Error)
    equal([await formatOf(paths), ran], [2, ['1', '2']])
    isBroken = false
    await migrate(
      paths,
      unwrap(await readStoreRecord(paths)) as { format: number; networkId: string },
      options,
    )
    equal([await formatOf(paths), ran], [4, ['1', '2', '2', '3']])
  }))

test.run()
