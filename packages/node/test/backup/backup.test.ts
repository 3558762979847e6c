// timeout: 300s
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { createBackup, restoreHome } from '../../src/backup/index.ts'
import {
  createLocalNetwork,
  examineHome,
  type LocalNode,
  nodePaths,
  type RunningDaemon,
  signatureVerifier,
  startDaemon,
} from '../../src/index.ts'
import { createEnroller } from '../process/enrolment.ts'
import { eventually } from '../process/eventually.ts'
import { freePorts } from '../process/free-ports.ts'

const WAIT_MS = 90_000
const dir = await mkdtemp(path.join(tmpdir(), 'medchain-backup-'))
const ports = await freePorts(8)
const network = unwrap(
  await createLocalNetwork({
    dir: path.join(dir, 'net'),
    validators: 4,
    basePort: 0,
    ports: [0, 2, 4, 6].map((at) => ({ api: ports[at] as number, p2p: ports[at + 1] as number })),
  }),
)
const nodes = network.nodes as [LocalNode, LocalNode, LocalNode, LocalNode]
const daemons = new Map<string, RunningDaemon>()
const file = path.join(dir, 'north.tar')
const newHome = path.join(dir, 'restored')
const large = new Uint8Array(24 * 1024 * 1024).fill(7)

const start = async (home: string): Promise<RunningDaemon> => {
  const options = { home, environment: {}, handlesSignals: false, settings: { logLevel: 'silent' as const } }
  const daemon = unwrap(await startDaemon(options))
  daemons.set(home, daemon)
  return daemon
}

const stop = async (home: string): Promise<void> => {
  await daemons.get(home)?.stop()
  daemons.delete(home)
}

const daemonOf = (index: number): RunningDaemon =>
  daemons.get((nodes[index] as LocalNode).home) as RunningDaemon

const backUp = (index: number, to: string) => {
  const { home, name } = nodes[index] as LocalNode
  const { genesis } = network
  return createBackup({ paths: nodePaths(home), genesis, institutionName: name, file: to, nowMs: Date.now() })
}

const isThere = (name: string): Promise<boolean> =>
  stat(name).then(
    () => true,
    () => false,
  )

const restoreCode = async (from: string, more: object = {}): Promise<string> => {
  const restored = await restoreHome({ file: from, home: newHome, ...more })
  return restored.ok ? 'restored' : restored.code
}

test.before(async () => {
  await Promise.all(nodes.map(({ home }) => start(home)))
  await eventually('a quorum', WAIT_MS, async () => (await fetch(`${daemonOf(0).apiUrl}/ready`)).ok)
})

test.after(async () => {
  await Promise.all([...daemons.values()].map((daemon) => daemon.stop()))
  await rm(dir, { recursive: true })
})

test('a running node under load is written into one file of mode 0600, without its memory of votes', async () => {
  const enrolment = await createEnroller(nodes[0], network.genesis)
  const { ledger } = daemonOf(0).services
  // Something that takes a moment to copy.
  await writeFile(path.join(nodePaths(nodes[3].home).vault, 'custody', 'imported.log'), large)
  let isOver = false
  const load = async (): Promise<void> => {
    while (!isOver) unwrap(await ledger.submit(enrolment().bytes))
  }
  const loading = [load(), load()]
  const backup = unwrap(await backUp(3, file))
  isOver = true
  await Promise.all(loading)
  ok(backup.header.height >= 0 && backup.files > 5)
  equal((await stat(file)).mode & 0o777, 0o600)
  equal((await readdir(dir)).sort(), ['net', 'north.tar'])
  const names = (await readFile(file)).toString('latin1')
  for (const left of ['last-signed', 'current.wal', 'passphrase\0']) ok(!names.includes(left), left)
  const again = await backUp(3, file)
  equal(again.ok || again.code, 'backup.exists')
})

test('a changed byte, a missing end, another network and a newer format are refused, and nothing stays', async () => {
  const bytes = await readFile(file)
  const changed = path.join(dir, 'changed.tar')
  const withBytes = async (made: Uint8Array): Promise<string> => {
    await writeFile(changed, made)
    return restoreCode(changed)
  }
  const flipped = Buffer.from(bytes)
  const at = flipped.indexOf('MCB2') + 60
  flipped[at] = (flipped[at] as number) ^ 1
  await writeFile(changed, flipped)
  const refused = await restoreHome({ file: changed, home: newHome })
  equal(refused.ok || refused.code, 'backup.damaged')
  match(refused.ok ? '' : refused.message, 'node/blocks/000000000001.blocks')
  equal(await withBytes(bytes.subarray(0, bytes.length - 4096)), 'backup.cut-off')
  equal(await withBytes(bytes.subarray(0, 3_000_000)), 'backup.cut-off')
  equal(await withBytes(Buffer.from('no archive at all'.repeat(100))), 'backup.damaged')
  const newer = Buffer.from(bytes)
  newer.write('"format":9', newer.indexOf('"format":1'))
  equal(await withBytes(newer), 'backup.newer-format')
  equal(await restoreCode(file, { networkId: new Uint8Array(32) }), 'backup.other-network')
  equal(await restoreCode(path.join(dir, 'nowhere.tar')), 'backup.missing')
  equal(await isThere(newHome), false)
})

test('only an empty home is taken, and an interruption leaves it empty', async () => {
  await mkdir(newHome)
  await writeFile(path.join(newHome, 'something'), '')
  equal(await restoreCode(file), 'backup.home-taken')
  equal(await readdir(newHome), ['something'])
  await rm(path.join(newHome, 'something'))
  const interruption = new AbortController()
  const restoring = restoreCode(file, { signal: interruption.signal })
  await eventually('files are written', WAIT_MS, () => isThere(path.join(newHome, '.restore', 'node')))
  interruption.abort()
  equal(await restoring, 'backup.interrupted')
  equal(await readdir(newHome), [])
})

test('what a killed restore left is cleared away by the next', async () => {
  await mkdir(path.join(newHome, '.restore', 'node', 'blocks'), { recursive: true })
  await mkdir(path.join(newHome, 'node'))
  equal(await restoreCode(file, { networkId: networkIdOf(network.genesis) }), 'restored')
  equal((await readdir(newHome)).sort(), ['node', 'node.json'])
  equal((await readdir(path.join(newHome, 'node'))).includes('wal'), false)
})

test('the restored node catches up, abstains, votes again, and is sound', async () => {
  const { home } = nodes[3]
  await stop(home)
  const enrolment = await createEnroller(nodes[0], network.genesis)
  const { ledger } = daemonOf(0).services
  unwrap(await ledger.submit(enrolment().bytes))
  await rm(path.join(newHome, 'node', 'vault', 'custody', 'imported.log'))
  await copyFile(path.join(home, 'passphrase'), path.join(newHome, 'passphrase'))
  const restored = (await start(newHome)).services.ledger
  match(restored.status().abstaining ?? '', /^Nothing is known here|lost/)
  await eventually('it votes again', WAIT_MS, async () => restored.status().abstaining === undefined)
  ok(restored.status().height >= ledger.status().height - 1)
  // Without its vote the others are no quorum.
  await stop(nodes[2].home)
  const { height } = unwrap(await ledger.submit(enrolment().bytes, { timeoutMs: 60_000 }))
  ok(height !== undefined)
  equal(ledger.status().evidenceCount, 0)
  await stop(newHome)
  for await (const finding of examineHome(newHome, network.genesis, signatureVerifier)) {
    throw new Error(`${finding.code}: ${finding.message} ${finding.where}`)
  }
})

test.run()
