import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import type { BenchDaemon } from '../network/bench-network.ts'
import { processorSecondsOf } from '../network/process-cost.ts'
import { heightOf, type PreparedNetwork } from './prepared-network.ts'

const START_MS = 240_000
/** Asking costs the daemon time, too. */
const POLL_MS = 100

export interface CatchUpCost {
  /** For the whole chain. */
  readonly seconds: number
  /** The same in processor time of the wiped daemon alone: what a machine of its own would take. */
  readonly processorSeconds: number
  /** Longest that the event loop of the wiped node stood still in a measured second. */
  readonly heldMs: number
}

const lagOf = async ({ apiUrl }: BenchDaemon): Promise<number> => {
  const text = await fetch(`${apiUrl}/metrics`).then((answer) => answer.text())
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? 0) * 1000
}

/** What a daemon that does not answer yet has is nothing. */
const heightSoFar = (daemon: BenchDaemon): Promise<number> => heightOf(daemon).catch(() => 0)

/** One daemon has the chain, another has nothing: how long until it has it, too. */
export const measureCatchUp = async (network: PreparedNetwork): Promise<CatchUpCost> => {
  const [serving, wiped] = network.daemons as [BenchDaemon, BenchDaemon]
  const heights = network.chain.blocks.length
  const bound = { timeoutMs: START_MS }
  await network.give(serving)
  serving.start()
  await waitUntil('the chain is loaded', async () => (await heightSoFar(serving)) === heights, bound)
  wiped.start()
  await waitUntil('the first blocks', async () => (await heightSoFar(wiped)) > 0, bound)
  const from = await heightOf(wiped)
  const startedAt = performance.now()
  const pid = wiped.pid() as number
  const workedFrom = await processorSecondsOf(pid)
  let heldMs = 0
  await lagOf(wiped)
  for (let height = from, turn = 1; height < heights; turn++) {
    if (performance.now() - startedAt > START_MS) throw new Error(`stopped at height ${height}`)
    await delay(POLL_MS)
    height = await heightOf(wiped)
    if (turn % 10 === 0) heldMs = Math.max(heldMs, await lagOf(wiped))
  }
  heldMs = Math.max(heldMs, await lagOf(wiped))
  const share = (heights - from) / heights
  return {
    seconds: (performance.now() - startedAt) / 1000 / share,
    processorSeconds: ((await processorSecondsOf(pid)) - workedFrom) / share,
    heldMs,
  }
}
