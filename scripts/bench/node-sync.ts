import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { networkIdOf, type StoredBlock, unwrap } from '@medchain/core'
import { type LocalNetwork, nodePaths } from '../../packages/node/src/index.ts'
import { createLogger } from '../../packages/node/src/logger.ts'
import { openStorage } from '../../packages/node/src/storage/index.ts'
import { createDaemonProcess, type DaemonProcess } from '../../packages/node/test/process/daemon-process.ts'
import { eventually } from '../../packages/node/test/process/eventually.ts'

const START_MS = 240_000
/** Asking costs the daemon time, too. */
const POLL_MS = 100
const APPENDED_AT_ONCE = 256
/** Of Linux, a second. */
const CLOCK_TICKS = 100

export interface SyncCost {
  readonly seconds: number
  /** The same in processor time of the wiped daemon alone: what a machine of its own would take. */
  readonly processorSeconds: number
  /** Longest that the event loop of the wiped node stood still in a measured second. */
  readonly heldMs: number
}

const heightOf = (daemon: DaemonProcess): Promise<number> =>
  daemon.get<{ height: number }>('/v1/status').then(({ height }) => height)

/** Writes the blocks to the disk of a home, as if its daemon had followed the chain. */
const store = async (home: string, networkId: Uint8Array, blocks: readonly StoredBlock[]): Promise<void> => {
  const logger = createLogger({ level: 'silent' })
  const storage = unwrap(await openStorage({ paths: nodePaths(home), networkId }, { logger }))
  for (let at = 0; at < blocks.length; at += APPENDED_AT_ONCE)
    await storage.blocks.append(blocks.slice(at, at + APPENDED_AT_ONCE))
  await storage.close()
}

/** User and system time of a process, in seconds; 0 where the system does not tell. */
const processorSecondsOf = async (daemon: DaemonProcess): Promise<number> => {
  const stat = await readFile(`/proc/${daemon.pid()}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / CLOCK_TICKS
}

const lagOf = async (daemon: DaemonProcess): Promise<number> => {
  const text = await fetch(`${daemon.node.apiUrl}/metrics`).then((answer) => answer.text())
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? 0) * 1000
}

/** One daemon has the chain, another has nothing: how long until it has it, too. */
export const measureSync = async (
  network: LocalNetwork,
  blocks: readonly StoredBlock[],
): Promise<SyncCost> => {
  const [serving, wiped] = network.nodes.slice(0, 2).map((node) => createDaemonProcess(node)) as [
    DaemonProcess,
    DaemonProcess,
  ]
  await store(serving.node.home, networkIdOf(network.genesis), blocks)
  try {
    serving.start()
    await eventually('the chain is loaded', START_MS, async () => (await heightOf(serving)) === blocks.length)
    wiped.start()
    await eventually('the first blocks', START_MS, async () => (await heightOf(wiped)) > 0)
    const from = await heightOf(wiped)
    const startedAt = performance.now()
    const workedFrom = await processorSecondsOf(wiped)
    let heldMs = 0
    await lagOf(wiped)
    for (let height = from, turn = 1; height < blocks.length; turn++) {
      await delay(POLL_MS)
      height = await heightOf(wiped)
      if (turn % 10 === 0) heldMs = Math.max(heldMs, await lagOf(wiped))
    }
    heldMs = Math.max(heldMs, await lagOf(wiped))
    const share = (blocks.length - from) / blocks.length
    return {
      seconds: (performance.now() - startedAt) / 1000 / share,
      processorSeconds: ((await processorSecondsOf(wiped)) - workedFrom) / share,
      heldMs,
    }
  } finally {
    await Promise.all([serving.end('SIGKILL'), wiped.end('SIGTERM')])
  }
}
