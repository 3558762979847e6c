import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hexFromBytes, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  createLocalNetwork,
  examineHome,
  type LocalNode,
  nodePaths,
  type RunningDaemon,
  signatureVerifier,
  startDaemon,
} from '../../src/index.ts'
import { storageFiles } from '../../src/storage/index.ts'
import { createEnroller } from '../process/enrolment.ts'
import { eventually } from '../process/eventually.ts'
import { freePorts } from '../process/free-ports.ts'

const WAIT_MS = 60_000
const EVERY = 8

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-joining-'))
const ports = await freePorts(8)
const network = unwrap(
  await createLocalNetwork({
    dir,
    validators: 4,
    basePort: 0,
    ports: [0, 2, 4, 6].map((at) => ({ api: ports[at] as number, p2p: ports[at + 1] as number })),
    parameters: { heartbeatMs: 200 },
  }),
)
const nodeAt = (index: number): LocalNode => network.nodes[index] as LocalNode
const daemons: (RunningDaemon | undefined)[] = []

const start = async (index: number, fromSnapshot = false): Promise<RunningDaemon> => {
  const { home } = nodeAt(index)
  const settings = { logLevel: 'silent' as const }
  const daemon = unwrap(
    await startDaemon({ home, environment: {}, handlesSignals: false, settings, fromSnapshot }),
  )
  daemons[index] = daemon
  return daemon
}

const stop = async (index: number): Promise<void> => {
  await daemons[index]?.stop()
  daemons[index] = undefined
}

const ledgerOf = (index: number) => (daemons[index] as RunningDaemon).services.ledger

const configure = async (index: number, storage: object): Promise<void> => {
  const { config } = nodePaths(nodeAt(index).home)
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace(/"storage": \{.*\}/, `"storage": ${JSON.stringify(storage)}`))
}

const wipe = async (index: number): Promise<void> => {
  const { blocks, state, wal } = nodePaths(nodeAt(index).home)
  for (const folder of [blocks, state, wal, storageFiles(nodePaths(nodeAt(index).home)).snapshots]) {
    await rm(folder, { recursive: true, force: true })
  }
}

const reach = (index: number, height: number): Promise<number> =>
  eventually(`node ${index} at ${height}`, WAIT_MS, async () => ledgerOf(index).status().height >= height)

const hasSnapshot = async (index: number): Promise<boolean> => {
  const text = await fetch(`${nodeAt(index).apiUrl}/metrics`).then((response) => response.text())
  return /medchain_snapshot_height [1-9]/.test(text)
}

test.after(async () => {
  for (const index of daemons.keys()) await stop(index)
  await rm(dir, { recursive: true, force: true })
})

test('a wiped validator joins by a snapshot, votes again, and knows what the others know', async () => {
  for (const index of network.nodes.keys()) {
    await configure(index, { snapshotEveryBlocks: EVERY })
    await start(index)
  }
  const enrolment = await createEnroller(nodeAt(0), network.genesis)
  const { bytes } = enrolment()
  const submitted = unwrap(await ledgerOf(0).submit(bytes))
  await reach(0, 3 * EVERY)
  for (const index of [0, 1, 2])
    await eventually(`${index} has a snapshot`, WAIT_MS, () => hasSnapshot(index))
  await stop(3)
  await wipe(3)
  const { services } = await start(3, true)
  const { ledger } = services
  ok(ledger.status().height >= EVERY, 'it begins at the height of the snapshot')
  await reach(3, ledgerOf(0).status().height)
  await eventually('a voice', WAIT_MS, async () => ledger.status().abstaining === undefined)
  const height = ledgerOf(0).status().height
  await stop(2)
  await reach(3, height + 2)
  const both = Math.min(ledger.status().height, ledgerOf(0).status().height)
  equal(ledger.block(both)?.block.header, ledgerOf(0).block(both)?.block.header)
  // The same bytes again are the transaction that is on the chain already.
  is(hexFromBytes(unwrap(await ledger.submit(bytes)).txId), hexFromBytes(submitted.txId))
  await start(2)
})

test('the doctor finds nothing on its disk, and a second start keeps its chain', async () => {
  await stop(3)
  const { home } = nodeAt(3)
  const findings = []
  for await (const finding of examineHome(home, network.genesis, signatureVerifier)) findings.push(finding)
  equal(findings, [])
  const { services } = await start(3, true)
  ok(services.ledger.status().height > EVERY)
  await reach(3, ledgerOf(0).status().height)
})

test.run()
