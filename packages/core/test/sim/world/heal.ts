import { repairHalted } from './damage.ts'
import { start } from './process.ts'
import { fillEmpty } from './snapshots.ts'
import { traced, type World } from './world.ts'

/** What rotted may stop a process a while after its start. */
const REPAIR_MS = 1000

/** Everything works again from here on, but for those who lie: nobody who runs is restarted (L5). */
export const heal = (world: World): void => {
  traced(world, () => 'healed')
  world.isFaulty = false
  world.network.cuts.clear()
  world.network.mutes.length = 0
  for (const host of world.hosts) {
    host.crashIn = undefined
    host.diskFullUntilMs = 0
    host.clock = { offsetMs: host.id * 7, rate: 1 }
  }
  for (const host of world.hosts) {
    fillEmpty(world, host)
    start(world, host)
    repairHalted(world, host)
  }
  world.network.refreshLinks()
  const repair = (): void => {
    for (const host of world.hosts) repairHalted(world, host)
    world.queue.after(REPAIR_MS, repair)
  }
  repair()
}
