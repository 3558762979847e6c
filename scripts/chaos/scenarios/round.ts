import { setTimeout as delay } from 'node:timers/promises'
import { createPrng } from '../../synthetic/prng.ts'
import { checkAlive, checkNoEvidence, recovery } from '../check-daemons.ts'
import { startConsortium } from '../consortium.ts'
import { ALL_FAULTS } from '../faults/all-faults.ts'
import { mountSmallDisk } from '../faults/disk-faults.ts'
import { refusalsOf } from '../figures.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import { importPrivateRecord } from '../people.ts'
import type { Scenario } from '../stage.ts'
import { shuffled, type World } from '../world.ts'

const PER_SECOND = 40
const SMALL_DISK_HOST = 3
const SMALL_DISK_MIB = 256
const HOLD_MS = [1500, 6000] as const

/** Every fault in an order that the seed decides, again and again until the time is over. */
export const round: Scenario = async ({ dir, seed, seconds, say }) => {
  const prng = createPrng(seed)
  const consortium = await startConsortium({
    dir,
    isRelayed: true,
    beforeHome: async (host, home) => {
      if (host === SMALL_DISK_HOST) await mountSmallDisk(home, SMALL_DISK_MIB)
    },
  })
  const world: World = { consortium, prng, smallDiskHost: SMALL_DISK_HOST }
  const record = await importPrivateRecord(consortium)
  await record.refuseStranger(consortium.at(0))
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  const endMs = performance.now() + seconds * 1000
  const slowest = { firstMs: 0, allMs: 0 }
  let struck = 0
  for (let queue = shuffled(prng, ALL_FAULTS); performance.now() < endMs; struck++) {
    if (queue.length === 0) queue = shuffled(prng, ALL_FAULTS)
    const fault = queue.shift() ?? ALL_FAULTS[0]
    if (fault === undefined) break
    const holdMs = prng.integer(...HOLD_MS)
    const asked = consortium.at(prng.integer(0, consortium.daemons.length - 1))
    const { what, heal } = await fault.strike(world)
    say(`${fault.name} for ${holdMs} ms: ${what}`)
    await Promise.all([delay(holdMs), struck % 3 === 0 && record.refuseStranger(asked)])
    await heal()
    const took = await recovery(consortium)
    say(
      `  all four go on: first after ${Math.round(took.firstMs)} ms, last after ${Math.round(took.allMs)} ms`,
    )
    slowest.firstMs = Math.max(slowest.firstMs, took.firstMs)
    slowest.allMs = Math.max(slowest.allMs, took.allMs)
    await checkNoEvidence(consortium)
  }
  await checkAlive(consortium)
  await record.refuseStranger(consortium.at(1))
  await record.readOwn(consortium.at(0))
  const { heights, acknowledged, convergedMs } = await finalCheck(consortium, load)
  say(`refused: ${refusalsOf(load.samples)}`)
  return [
    { name: 'faults', value: struck, unit: 'count' },
    { name: 'heights', value: heights, unit: 'count' },
    { name: 'acknowledged and found on every node', value: acknowledged, unit: 'count' },
    { name: 'longest way from healing to a commit', value: slowest.firstMs, unit: 'ms' },
    { name: 'longest way from healing to all four', value: slowest.allMs, unit: 'ms' },
    { name: 'convergence at the end', value: convergedMs, unit: 'ms' },
  ]
}
