// alone: commits within 2 s of a loss
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { didFromAccountId, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import {
  createLocalNetwork,
  examineHome,
  type Finding,
  nodePaths,
  signatureVerifier,
} from '../../src/index.ts'
import { damageState } from '../storage/damage-state.ts'
import { createDaemonProcess, type DaemonProcess } from './daemon-process.ts'
import { createEnroller } from './enrolment.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-ports.ts'

// Generous: the machine may have other work to do.
const READY_MS = 90_000

interface Status {
  readonly height: number
  readonly headHash: string
  readonly stateRoot: string
  readonly peers: number
}

interface BlockAnswer {
  readonly hash: string
  readonly stateRoot: string
}

const statusOf = (daemon: DaemonProcess): Promise<Status> => daemon.get<Status>('/v1/status')

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-four-'))
const [p1, p2, p3, p4, p5, p6, p7, p8] = (await freePorts(8)) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const network = unwrap(
  await createLocalNetwork({
    dir,
    validators: 4,
    basePort: 0,
    ports: [
      { api: p1, p2p: p2 },
      { api: p3, p2p: p4 },
      { api: p5, p2p: p6 },
      { api: p7, p2p: p8 },
    ],
  }),
)
const daemons = network.nodes.map((node) => createDaemonProcess(node))
const [first, second, third, fourth] = daemons as [DaemonProcess, DaemonProcess, DaemonProcess, DaemonProcess]
const enrolment = await createEnroller(first.node, network.genesis)
let lastHeight = 0

/** Submits through one daemon and waits for the commit. */
const commitOne = async (through: DaemonProcess): Promise<number> => {
  const { bytes, account } = enrolment()
  const { height } = await through.submit(bytes)
  ok(height !== null)
  const found = await through.get<{ role: string }>(`/v1/accounts/${didFromAccountId(account)}`)
  equal(found.role, 'practitioner')
  lastHeight = Math.max(lastHeight, height)
  return height
}

const agreeAt = async (height: number, among: readonly DaemonProcess[]): Promise<BlockAnswer> => {
  const blocks: BlockAnswer[] = []
  for (const daemon of among) {
    await eventually(
      `${daemon.node.name} has block ${height}`,
      15_000,
      async () => (await statusOf(daemon)).height >= height,
    )
    const { hash, stateRoot } = await daemon.get<BlockAnswer>(`/v1/blocks/${height}`)
    blocks.push({ hash, stateRoot })
  }
  for (const block of blocks) equal(block, blocks[0])
  return blocks[0] as BlockAnswer
}

test.before(async () => {
  for (const daemon of daemons) daemon.start()
  const readyMs = await allReady()
  console.log(`# four daemons ready after ${Math.round(readyMs)} ms`)
})

/** Waits until every daemon is ready; a failure shows what those that are not have said last. */
const allReady = async (): Promise<number> => {
  try {
    return await eventually('four daemons are ready', READY_MS, async () => {
      const ready = await Promise.all(daemons.map((daemon) => daemon.isReady()))
      return ready.every(Boolean)
    })
  } catch (error) {
    for (const daemon of daemons) {
      if (!(await daemon.isReady())) console.log(`# ${daemon.node.name}: ${daemon.output().slice(-2000)}`)
    }
    throw error
  }
}

test.after(async () => {
  await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')))
  await rm(dir, { recursive: true })
})

test('four daemons agree on the blocks of account transactions', async () => {
  for (let i = 0; i < 8; i++) await commitOne(daemons[i % 4] as DaemonProcess)
  await agreeAt(lastHeight, daemons)
})

test('the same bytes again give the same answer', async () => {
  const { bytes } = enrolment()
  const answer = await first.submit(bytes)
  equal(await first.submit(bytes), answer)
  await agreeAt(answer.height ?? 0, daemons)
  equal(await second.submit(bytes), answer)
})

test('one is killed: the others go on within two seconds; it comes back to the same root', async () => {
  await fourth.end('SIGKILL')
  const startedAt = performance.now()
  await commitOne(first)
  const tookMs = performance.now() - startedAt
  console.log(`# first commit after a kill: ${Math.round(tookMs)} ms`)
  ok(tookMs < 2000, `took ${Math.round(tookMs)} ms`)
  for (let i = 0; i < 4; i++) await commitOne(daemons[i % 3] as DaemonProcess)
  fourth.start()
  const backMs = await eventually('the fourth is ready again', READY_MS, fourth.isReady)
  console.log(`# restarted daemon ready after ${Math.round(backMs)} ms`)
  await agreeAt(lastHeight, daemons)
  const height = await commitOne(fourth)
  await agreeAt(height, daemons)
})

test('two are killed: nothing commits; one comes back: it goes on without help', async () => {
  await Promise.all([third.end('SIGKILL'), fourth.end('SIGKILL')])
  const before = await agreeAt((await statusOf(first)).height, [first])
  const { bytes } = enrolment()
  const { txId, height } = await first.submit(bytes, false)
  equal(height, null)
  const { height: stuckAt } = await statusOf(first)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  ok((await statusOf(first)).height <= stuckAt + 1)
  equal((await first.get<{ status: string }>(`/v1/transactions/${txId}`)).status, 'pending')
  equal(await first.isReady(), false)
  ok(before.hash.length > 0)
  third.start()
  const backMs = await eventually('the waiting transaction commits', READY_MS, async () => {
    const { status } = await first.get<{ status: string }>(`/v1/transactions/${txId}`)
    return status === 'committed'
  })
  console.log(`# commits again ${Math.round(backMs)} ms after the third was started`)
  fourth.start()
  const found = await first.get<{ height: number }>(`/v1/transactions/${txId}`)
  await agreeAt(found.height, daemons)
})

test('SIGTERM drains: exit code 0, and nothing is wrong on disk', async () => {
  await agreeAt(await commitOne(first), daemons)
  const codes = await Promise.all(daemons.map((daemon) => daemon.end('SIGTERM')))
  equal(codes, [0, 0, 0, 0])
  for (const { home } of network.nodes) equal(await examine(home), [])
})

/** Flips one byte in the blocks of a home, in place: its daemon may be writing behind it. */
const damageBlocks = async (home: string, share = 1 / 3): Promise<void> => {
  const folder = nodePaths(home).blocks
  const file = path.join(folder, (await readdir(folder)).find((name) => name.endsWith('.blocks')) as string)
  const handle = await open(file, 'r+')
  try {
    const byte = Buffer.alloc(1)
    const at = Math.floor((await handle.stat()).size * share)
    await handle.read(byte, 0, 1, at)
    await handle.write(Buffer.of((byte[0] as number) ^ 1), 0, 1, at)
  } finally {
    await handle.close()
  }
}

const examine = async (home: string): Promise<Finding[]> => {
  const findings: Finding[] = []
  for await (const finding of examineHome(home, network.genesis, signatureVerifier)) findings.push(finding)
  return findings
}

const damagedHeightIn = (findings: readonly Finding[]): number => {
  equal(findings[0]?.code, 'storage.block-damaged')
  return Number(/block (\d+)$/.exec(findings[0]?.where ?? '')?.[1])
}

test('a flipped byte in a block is named, never served, and healed from the others', async () => {
  for (const daemon of daemons) daemon.start()
  await allReady()
  const { home, apiUrl } = first.node
  await damageBlocks(home)
  const height = damagedHeightIn(await examine(home))
  const answer = await fetch(`${apiUrl}/v1/blocks/${height}`)
  equal([answer.status, ((await answer.json()) as { code: string }).code], [500, 'storage.block-damaged'])
  const healedMs = await eventually('the block is healed', 10_000, async () =>
    Boolean(await first.get<BlockAnswer>(`/v1/blocks/${height}`)),
  )
  console.log(`# healed after ${Math.round(healedMs)} ms`)
  await agreeAt(height, daemons)
  equal(await examine(home), [])
})

test('a block that the start needs is fetched before it, and the validator votes again', async () => {
  await second.end('SIGKILL')
  await damageBlocks(second.node.home)
  const height = damagedHeightIn(await examine(second.node.home))
  second.start()
  await eventually('the second is ready', READY_MS, second.isReady)
  match(second.output(), new RegExp(`"storage.block-damaged".*Block ${height} `))
  match(second.output(), /fetched from the other nodes before the start/)
  await agreeAt(await commitOne(second), daemons)
  await Promise.all(daemons.map((daemon) => daemon.end('SIGTERM')))
  equal(await examine(second.node.home), [])
})

test('two that cannot start without the other’s block help each other', async () => {
  const both = [
    [third, 1 / 4],
    [fourth, 1 / 2],
  ] as const
  for (const [{ node }, share] of both) {
    await damageBlocks(node.home, share)
    equal((await examine(node.home)).length, 1)
  }
  for (const [daemon] of both) daemon.start()
  for (const [daemon] of both) {
    await eventually('it answers', READY_MS, async () => (await statusOf(daemon)).height >= lastHeight)
    match(daemon.output(), /is replaced by that of another node/)
  }
  await Promise.all(both.map(([daemon]) => daemon.end('SIGTERM')))
  for (const [{ node }] of both) equal(await examine(node.home), [])
})

test('a damaged state is rebuilt from the blocks, and agrees with the others', async () => {
  ok((await damageState(nodePaths(fourth.node.home).state)) > 0)
  for (const daemon of daemons) daemon.start()
  await allReady()
  match(fourth.output(), /storage\.state-damaged/)
  await agreeAt(await commitOne(fourth), daemons)
})

test.run()
