import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import {
  createLocalNetwork,
  type DaemonOptions,
  genesisText,
  type LocalNode,
  nodePaths,
  startDaemon,
} from '../../src/index.ts'
import { createLogger } from '../../src/logger.ts'
import type { Room } from '../../src/room.ts'
import { openStorage } from '../../src/storage/index.ts'
import { freePorts } from './free-ports.ts'

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-start-'))
const ports = await freePorts(8)
const network = unwrap(
  await createLocalNetwork({
    dir,
    validators: 4,
    basePort: 0,
    ports: [0, 2, 4, 6].map((at) => ({ api: ports[at] as number, p2p: ports[at + 1] as number })),
  }),
)
const [node, other] = network.nodes as [LocalNode, LocalNode]
const { home } = node
const configFile = nodePaths(home).config

const startQuietly = (options: Partial<DaemonOptions> = {}) =>
  startDaemon({ home, environment: {}, handlesSignals: false, settings: { logLevel: 'silent' }, ...options })

const refusalOf = async (options: Partial<DaemonOptions> = {}): Promise<string> => {
  const daemon = await startQuietly(options)
  if (!daemon.ok) return daemon.code
  await daemon.value.stop()
  return 'started'
}

const whileChanged = async (file: string, text: string, f: () => Promise<void>): Promise<void> => {
  const before = await readFile(file, 'utf8')
  await writeFile(file, text)
  try {
    await f()
  } finally {
    await writeFile(file, before)
  }
}

test.after(() => rm(dir, { recursive: true }))

test('a daemon starts, answers, writes its pid, and leaves nothing behind', async () => {
  const startedAt = performance.now()
  const daemon = unwrap(await startQuietly())
  console.log(`# started in ${Math.round(performance.now() - startedAt)} ms`)
  equal(await readFile(nodePaths(home).pid, 'utf8'), `${process.pid}\n`)
  equal((await fetch(`${daemon.apiUrl}/health`)).status, 200)
  const ready = await fetch(`${daemon.apiUrl}/ready`)
  equal([ready.status, ready.headers.get('retry-after')], [503, '1'])
  equal(((await ready.json()) as { code: string }).code, 'node.not-ready')
  const metrics = await (await fetch(`${daemon.apiUrl}/metrics`)).text()
  for (const name of ['mempool_waiting_transactions', 'mempool_waiting_bytes', 'audit_anchor_age_seconds']) {
    match(metrics, new RegExp(`^medchain_${name} 0$`, 'm'))
  }
  match(metrics, /^medchain_ledger_head_age_seconds [\d.e-]+$/m)
  await daemon.stop()
  equal(await daemon.ended, undefined)
  ok(
    await readFile(nodePaths(home).pid).then(
      () => false,
      () => true,
    ),
  )
  equal(await refusalOf(), 'started')
})

test('one home, one daemon', async () => {
  const daemon = unwrap(await startQuietly())
  equal(await refusalOf(), 'storage.locked')
  await daemon.stop()
})

test('a taken API port', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(node.apiPort, '127.0.0.1', resolve))
  equal(await refusalOf(), 'api.port-taken')
  await new Promise((resolve) => server.close(resolve))
  equal(await refusalOf(), 'started')
})

test('a taken peer-to-peer port', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(node.p2pPort, '127.0.0.1', resolve))
  equal(await refusalOf(), 'network.listen')
  await new Promise((resolve) => server.close(resolve))
  equal(await refusalOf(), 'started')
})

test('a wrong passphrase, and none', async () => {
  equal(await refusalOf({ passphrase: 'wrong' }), 'keystore.wrong-passphrase')
  const without = (await readFile(configFile, 'utf8')).replace(/.*passphraseFile.*\n/, '')
  await whileChanged(configFile, without, async () => equal(await refusalOf(), 'config.passphrase'))
})

test('a damaged configuration', () =>
  whileChanged(configFile, '{ "name": ', async () => equal(await refusalOf(), 'config.damaged')))

test('a genesis document of another network, a damaged one, none', async () => {
  const changed = path.join(dir, 'changed.json')
  await writeFile(changed, genesisText({ ...network.genesis, name: 'another' }))
  equal(await refusalOf({ genesisPath: changed }), 'genesis.mismatch')
  await writeFile(changed, '{}')
  equal(await refusalOf({ genesisPath: changed }), 'genesis.missing')
  await writeFile(changed, '[1')
  equal(await refusalOf({ genesisPath: changed }), 'genesis.damaged')
  equal(await refusalOf({ genesisPath: path.join(dir, 'nowhere.json') }), 'genesis.missing')
})

test('a block that the start needs, damaged, with nobody there to supply it', async () => {
  const [, , third] = network.nodes as LocalNode[]
  const paths = nodePaths((third as LocalNode).home)
  const parts = { logger: createLogger({ level: 'silent' }) }
  const storage = unwrap(await openStorage({ paths, networkId: networkIdOf(network.genesis) }, parts))
  await storage.blocks.append([{ height: 1, bytes: new Uint8Array(100) }])
  await storage.close()
  const file = path.join(paths.blocks, '000000000001.blocks')
  await writeFile(file, (await readFile(file)).fill(1, 60, 61))
  equal(await refusalOf({ home: (third as LocalNode).home, healTimeoutMs: 300 }), 'storage.block-awaited')
})

test('later starts use the copy of the genesis document', async () => {
  const without = (await readFile(configFile, 'utf8')).replace(/.*"genesis".*\n/, '')
  await whileChanged(configFile, without, async () => equal(await refusalOf(), 'started'))
})

test('another room brings routes and is closed before the ledger', async () => {
  const order: string[] = []
  const room: Room = {
    registerRoutes: (server, { institution }) => {
      server.post('/v1/echo', { bodyLimit: 2 * 1024 * 1024 }, ({ body }, reply) =>
        reply.header('content-type', 'application/cbor').send(body),
      )
      order.push(`routes for ${institution.length}`)
    },
    close: async () => void order.push('closed'),
  }
  const daemon = unwrap(
    await startQuietly({
      home: other.home,
      rooms: [
        async ({ ledger }) => {
          order.push(`made at ${ledger.status().height}`)
          return room
        },
      ],
    }),
  )
  const body = new Uint8Array(1_500_000).fill(3)
  const headers = { 'content-type': 'application/cbor' }
  const answer = await fetch(`${daemon.apiUrl}/v1/echo`, { method: 'POST', headers, body })
  equal(new Uint8Array(await answer.arrayBuffer()), body)
  const tooLarge = new Uint8Array(3_000_000)
  const refused = await fetch(`${daemon.apiUrl}/v1/echo`, { method: 'POST', headers, body: tooLarge })
  equal([refused.status, ((await refused.json()) as { code: string }).code], [413, 'request.too-large'])
  const following = await fetch(`${daemon.apiUrl}/v1/events`)
  equal(following.headers.get('content-type'), 'text/event-stream')
  await daemon.stop()
  match(await following.text(), /: here/)
  equal(order, ['made at 0', 'routes for 32', 'closed'])
})

test.run()
