// timeout: 1200s
// long: five floods of 8 s, and quiet before and after each
// alone: heights a second before, in and after a flood
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { hexFromBytes, networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { ok } from 'uvu/assert'
import { createLocalNetwork } from '../../../src/index.ts'
import { createDaemonProcess, type DaemonProcess } from '../daemon-process.ts'
import { createEnroller } from '../enrolment.ts'
import { eventually } from '../eventually.ts'
import { freePorts } from '../free-ports.ts'
import type { Orders } from './hostile.ts'
import type { Poured } from './pour.ts'

const MIB = 1024 * 1024
const DAEMONS = 4
const FLOOD_MS = 8_000
/** Written by each attack before its flood counts as one: some end at a hundred, which shut a member out. */
const POURED_MIN = 50
/** Until the attackers are let in, who may be shut out since their last attack, and until a flood has been one. */
const BEGUN_WITHIN_MS = 120_000
const POURED_WITHIN_MS = 90_000
const DECIDED_WITHIN_MS = 60_000
const QUIET_MS = 3_000
/** Of the heights a second before or after: the machine may have other work to do, and the attackers run on it. */
const GOES_ON = 0.1
/** Decided in a flood: fewer tell nothing of their rate. */
const HEIGHTS_MIN = 3
/** Of what is in memory before the first flood, garbage aside. */
const KEPT_AFTER = 2
/** Beyond it in the midst of a flood: what the bounds of some hundred open streams add up to. */
const KEPT_MIDST_BYTES = 128 * MIB
const HOSTILE = path.join(import.meta.dirname, 'hostile.ts')

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-flood-'))
const ports = await freePorts(2 * (DAEMONS + 1))
const network = unwrap(
  await createLocalNetwork({
    dir,
    validators: DAEMONS + 1,
    basePort: 0,
    ports: Array.from({ length: DAEMONS + 1 }, (_, index) => ({
      api: ports[2 * index] as number,
      p2p: ports[2 * index + 1] as number,
    })),
  }),
)
const nodes = network.nodes.slice(0, DAEMONS)
const hostile = network.nodes[DAEMONS] as (typeof nodes)[number]
const daemons = nodes.map((node) => createDaemonProcess(node, { measuresMemory: true }))
const first = daemons[0] as DaemonProcess
const enrolment = await createEnroller(first.node, network.genesis)
let isLoaded = true

/** A transaction at a time, through one daemon after the other. */
const load = async (): Promise<void> => {
  for (let turn = 0; isLoaded; turn++) {
    const { bytes } = enrolment()
    await (daemons[turn % DAEMONS] as DaemonProcess).submit(bytes).catch(() => delay(50))
  }
}

const heightOf = async (): Promise<number> => {
  const heights = await Promise.all(
    daemons.map((daemon) =>
      daemon
        .get<{ height: number }>('/v1/status')
        .then(({ height }) => height)
        .catch(() => 0),
    ),
  )
  return Math.max(...heights)
}

/** Anonymous resident memory in bytes, of the daemon that has the most; 0 where the system does not tell. */
const memoryOf = async (): Promise<number> => {
  const sizes = await Promise.all(
    daemons.map(async (daemon) => {
      const status = await readFile(`/proc/${daemon.pid()}/status`, 'utf8').catch(() => '')
      return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
    }),
  )
  return Math.max(...sizes)
}

/** What the daemon that keeps the most keeps, garbage aside. */
const retainedOf = async (): Promise<number> =>
  Math.max(...(await Promise.all(daemons.map((daemon) => daemon.retainedBytes()))))

interface Span {
  readonly heightsPerSecond: number
  readonly peakBytes: number
}

const watch = async (until: Promise<unknown>): Promise<Span> => {
  const startedAt = performance.now()
  const from = await heightOf()
  let peakBytes = await memoryOf()
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  until.then(end, end)
  while (!isOver) {
    await delay(100)
    peakBytes = Math.max(peakBytes, await memoryOf())
  }
  const seconds = (performance.now() - startedAt) / 1000
  return { heightsPerSecond: ((await heightOf()) - from) / seconds, peakBytes }
}

interface Fight {
  /** Waits until the attack is under way. */
  readonly begin: () => Promise<void>
  /** Waits until it has lasted and each attack has poured enough, kills it, and gives what the attackers say they did. */
  readonly end: () => Promise<string>
}

/** Attacks from a process of its own, which goes on until it is killed. */
const attackWith = (attacks: readonly string[]): Fight => {
  const orders: Orders = {
    attacks,
    home: hostile.home,
    sender: DAEMONS,
    networkId: hexFromBytes(networkIdOf(network.genesis)),
    targets: nodes.map(({ p2pPort }) => `/ip4/127.0.0.1/tcp/${p2pPort}`),
    apiUrls: nodes.map(({ apiUrl }) => apiUrl),
  }
  const child = spawn(process.execPath, ['--conditions=medchain-source', HOSTILE, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let tally = ''
  let errors = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    tally = line
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000)
  })
  const closed = once(child, 'close')
  const until = async (
    what: string,
    timeoutMs: number,
    condition: () => boolean | Promise<boolean>,
  ): Promise<void> => {
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
    await eventually(what, timeoutMs, async () => (await condition()) || isOver()).catch((error: unknown) => {
      child.kill('SIGKILL')
      throw error
    })
    ok(!isOver(), `the attackers ended (${child.exitCode ?? child.signalCode}): ${errors}`)
  }
  const isPoured = (): boolean =>
    Object.values(JSON.parse(tally) as Record<string, Poured>).every(({ count }) => count >= POURED_MIN)
  return {
    begin: () => until('the attackers are let in', BEGUN_WITHIN_MS, () => tally !== ''),
    end: async () => {
      const from = await heightOf()
      await delay(FLOOD_MS)
      await until('each attack pours', POURED_WITHIN_MS, isPoured)
      await until('commits go on', DECIDED_WITHIN_MS, async () => (await heightOf()) >= from + HEIGHTS_MIN)
      child.kill('SIGKILL')
      await closed
      return tally
    },
  }
}

let retainedAtFirstBytes = 0
let lastQuiet: Span = { heightsPerSecond: 0, peakBytes: 0 }

test.before(async () => {
  for (const daemon of daemons) daemon.start()
  await eventually('the daemons are ready', 240_000, async () => {
    const ready = await Promise.all(daemons.map((daemon) => daemon.isReady()))
    return ready.every(Boolean)
  })
  for (let worker = 0; worker < 2; worker++) void load()
  await eventually('commits', 120_000, async () => (await heightOf()) > 5)
  lastQuiet = await watch(delay(QUIET_MS))
  retainedAtFirstBytes = await retainedOf()
})

test.after(async () => {
  isLoaded = false
  await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')))
  await rm(dir, { recursive: true })
})

const FLOODS: readonly (readonly [what: string, attacks: readonly string[]])[] = [
  [
    'votes of heights and rounds to come, false and contradicting ones, large frames of nothing',
    ['signedFuture', 'unsignedFuture', 'equivocation', 'largeGarbage'],
  ],
  ['connections of strangers', ['strangers']],
  ['thousands of readers of the API and bodies that never end', ['api']],
  [
    'frames without end, streams by the thousand, answers that nobody reads, rubbish on gossip streams',
    ['oversized', 'halfOpen', 'slowReader', 'gossipBytes'],
  ],
  ['gossip of rubbish', ['gossip']],
]

for (const [what, attacks] of FLOODS)
  test(`${what}: commits go on and memory stays bounded`, async () => {
    const fight = attackWith(attacks)
    await fight.begin()
    const over = fight.end()
    const [span, midst] = await Promise.all([watch(over), delay(FLOOD_MS / 2).then(retainedOf)])
    const before = lastQuiet
    lastQuiet = await watch(delay(QUIET_MS))
    // After the quiet: what the attackers sent last is still being read when they are dead.
    const after = await retainedOf()
    const rates = [before, span, lastQuiet]
      .map(({ heightsPerSecond }) => heightsPerSecond.toFixed(1))
      .join(' → ')
    const sizes = [before, span, lastQuiet].map(({ peakBytes }) => Math.round(peakBytes / MIB)).join(' → ')
    const kept = [retainedAtFirstBytes, midst, after]
      .map((sizeBytes) => Math.round(sizeBytes / MIB))
      .join(' → ')
    console.log(`# ${rates} heights/s, ${kept} MiB kept, ${sizes} MiB resident: ${await over}`)
    for (const daemon of daemons) ok(daemon.isRunning(), daemon.output().slice(-2000))
    const quiet = Math.min(before.heightsPerSecond, lastQuiet.heightsPerSecond)
    ok(span.heightsPerSecond >= GOES_ON * quiet, `${span.heightsPerSecond} heights/s`)
    ok(midst <= retainedAtFirstBytes + KEPT_MIDST_BYTES, `${kept} MiB`)
    ok(after <= KEPT_AFTER * retainedAtFirstBytes, `${kept} MiB`)
  })

test.run()
