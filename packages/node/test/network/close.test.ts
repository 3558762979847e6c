import { test } from 'uvu'
import { startWorld, until } from './network-world.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length

test('a closed network leaves no timer that would keep the process', async () => {
  // uvu's own, if it has any, count as well before as after.
  const before = timers()
  const world = await startWorld(3)
  const [first] = world.nodes
  await until('gossip has begun to beat', () => (first?.metrics.value('peers_connected_count') ?? 0) === 2)
  await world.close()
  // Those of streams that are closing end by themselves; a heartbeat would take a second.
  await until('no timer is left', () => timers() <= before, 500)
})

test.run()
