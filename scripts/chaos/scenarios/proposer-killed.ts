import { setTimeout as delay } from 'node:timers/promises'
import { startConsortium } from '../consortium.ts'
import { finalCheck } from '../final-check.ts'
import { type Sample, startLoad } from '../load.ts'
import type { Scenario } from '../stage.ts'
import { waitUntil } from '../wait-until.ts'

const PER_SECOND = 100
const WARM_UP_MS = 5000
const WATCH_MS = 6000
const KILLS = 4
const GAP_MS_MAX = 2000

/** Longest time in a span in which nobody was told of a commit. */
export const longestGapMs = (samples: readonly Sample[], fromMs: number, toMs: number): number => {
  const answers = samples
    .filter(({ height }) => height !== undefined)
    .map(({ dueAtMs, latencyMs }) => dueAtMs + latencyMs)
    .filter((atMs) => atMs >= fromMs && atMs <= toMs)
  const marks = [fromMs, ...answers.sort((a, b) => a - b), toMs]
  return marks.slice(1).reduce((longest, atMs, index) => Math.max(longest, atMs - (marks[index] ?? atMs)), 0)
}

/** Whoever proposes is killed, four times; the longest wait for a commit within the next seconds. */
export const proposerKilled: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({ dir, isRelayed: false })
  let down: number | undefined
  const load = await startLoad(consortium, { perSecond: PER_SECOND, uses: (host) => host !== down })
  const gapsMs: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(WARM_UP_MS)
    const watcher = consortium.at(kill % consortium.daemons.length)
    const statuses = await Promise.all(consortium.daemons.map((daemon) => daemon.status()))
    const { proposer } = (await watcher.status()) ?? {}
    const host = statuses.findIndex((status) => status?.institution === proposer)
    const victim = consortium.at(Math.max(0, host))
    down = victim.host
    const killedAtMs = performance.now()
    await victim.end('SIGKILL')
    await delay(WATCH_MS)
    const gapMs = longestGapMs(load.samples, killedAtMs, killedAtMs + WATCH_MS)
    say(`${victim.name} killed: longest wait ${Math.round(gapMs)} ms`)
    gapsMs.push(gapMs)
    victim.start()
    await waitUntil(`${victim.name} is ready`, victim.isReady)
    down = undefined
  }
  await finalCheck(consortium, load)
  return [
    {
      name: 'longest wait for a commit after a kill',
      value: Math.max(...gapsMs),
      unit: 'ms',
      atMost: GAP_MS_MAX,
    },
    { name: 'shortest', value: Math.min(...gapsMs), unit: 'ms' },
  ]
}
