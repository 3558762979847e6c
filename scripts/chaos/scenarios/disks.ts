import { setTimeout as delay } from 'node:timers/promises'
import { createPrng } from '../../synthetic/prng.ts'
import { checkNoEvidence, recovery } from '../check-daemons.ts'
import { startConsortium } from '../consortium.ts'
import { awaitCleanEnd, damageWal, fillDisk, freeDisk, mountSmallDisk } from '../faults/disk-faults.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario } from '../stage.ts'
import { waitUntil } from '../wait-until.ts'

const PER_SECOND = 50
const WARM_UP_MS = 3000
const FULL_TIMES = 3
const END_WITHIN_MS = 30_000
const DISK_MIB = 256
const TORN_TIMES = 8
const VICTIM = 2

/** The disk of one daemon fills up, three times: it says so and ends; with room again it goes on where it was. */
export const fullDisk: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({
    dir,
    isRelayed: false,
    beforeHome: async (host, home) => {
      if (host === VICTIM) await mountSmallDisk(home, DISK_MIB)
    },
  })
  const victim = consortium.at(VICTIM)
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  const endedMs: number[] = []
  const recoveredMs: number[] = []
  for (let time = 0; time < FULL_TIMES; time++) {
    await delay(WARM_UP_MS)
    const logBefore = (await victim.log()).length
    await fillDisk(victim.home)
    endedMs.push(
      await waitUntil(`${victim.name} ends`, () => !victim.isRunning(), { timeoutMs: END_WITHIN_MS }),
    )
    await awaitCleanEnd(victim, logBefore)
    const logThen = (await victim.log()).length
    victim.start()
    const refusedMs = await waitUntil('a start on a full disk ends', () => !victim.isRunning(), {
      timeoutMs: END_WITHIN_MS,
    })
    await awaitCleanEnd(victim, logThen)
    say(
      `ended after ${Math.round(endedMs.at(-1) ?? 0)} ms; a start on the full disk after ${Math.round(refusedMs)} ms`,
    )
    await freeDisk(victim.home)
    victim.start()
    recoveredMs.push((await recovery(consortium)).allMs)
  }
  await checkNoEvidence(consortium)
  await finalCheck(consortium, load)
  return [
    { name: 'from full to the end of the daemon, longest', value: Math.max(...endedMs), unit: 'ms' },
    { name: 'from the start to a commit on all four, longest', value: Math.max(...recoveredMs), unit: 'ms' },
  ]
}

/** Killed, the tail of its WAL damaged, started: eight times on all four in turn. */
export const tornWal: Scenario = async ({ dir, seed, say }) => {
  const prng = createPrng(seed)
  const consortium = await startConsortium({ dir, isRelayed: false })
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  const recoveredMs: number[] = []
  for (let time = 0; time < TORN_TIMES; time++) {
    await delay(WARM_UP_MS)
    const victim = consortium.at(time % consortium.daemons.length)
    await victim.end('SIGKILL')
    const damage = await damageWal(victim.home, { prng })
    victim.start()
    const { allMs } = await recovery(consortium)
    say(`${victim.name}, ${damage}: all four go on after ${Math.round(allMs)} ms`)
    recoveredMs.push(allMs)
    await checkNoEvidence(consortium)
  }
  await finalCheck(consortium, load)
  return [
    { name: 'torn WALs', value: TORN_TIMES, unit: 'count' },
    { name: 'from the start to a commit on all four, longest', value: Math.max(...recoveredMs), unit: 'ms' },
  ]
}
