import { performance } from 'node:perf_hooks'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeAt, startWorld, until, type World } from './network-world.ts'

const MIB = 1024 * 1024
const ROUNDS = 40

const quantile = (values: number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN

/** Measures round trips of frames between nodes 0 and 1, one after the other. */
const createProbe = (world: World): ((bytes: number, rounds: number) => Promise<number[]>) => {
  const [a, b] = [nodeAt(world, 0).network, nodeAt(world, 1).network]
  let back = (): void => undefined
  a.onFrame(() => back())
  b.onFrame((from, frame) => b.send(from, frame))
  return async (bytes, rounds) => {
    const tookMs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const startMs = performance.now()
      const returned = new Promise<void>((resolve) => {
        back = resolve
      })
      a.send(world.institution(1), new Uint8Array(bytes))
      await returned
      tookMs.push(performance.now() - startMs)
    }
    return tookMs
  }
}

/** Keeps requests with large bodies and answers under way in both directions until stopped. */
const startBulk = (world: World): { stop: () => Promise<number> } => {
  let running = true
  let bytes = 0
  const loop = async (from: number, to: number): Promise<void> => {
    while (running) {
      const body = new Uint8Array(8 * MIB)
      const answer = await nodeAt(world, from).network.request(world.institution(to), 'vault', body)
      bytes += body.length + answer.length
    }
  }
  for (const node of world.nodes) node.network.serve('vault', async (_from, body) => body)
  const loops = [loop(0, 1), loop(1, 0), loop(0, 1)]
  return {
    async stop() {
      running = false
      await Promise.all(loops)
      return bytes
    },
  }
}

test('consensus frames stay quick while bulk requests are under way', async () => {
  const world = await startWorld(2)
  try {
    const measure = createProbe(world)
    await measure(1_000, ROUNDS)
    const idle = await measure(1_000, ROUNDS)
    const idleLarge = await measure(MIB, ROUNDS)
    const startMs = performance.now()
    const bulk = startBulk(world)
    await until('bulk bytes under way', () =>
      nodeAt(world, 0)
        .network.peers()
        .some((peer) => peer.queuedBytes > MIB),
    )
    const busy = await measure(1_000, ROUNDS)
    const busyLarge = await measure(MIB, ROUNDS)
    const bulkBytes = await bulk.stop()
    const seconds = (performance.now() - startMs) / 1000
    const line = (values: number[]): string =>
      `median ${quantile(values, 0.5).toFixed(1)} p95 ${quantile(values, 0.95).toFixed(1)} ms`
    console.log(
      `1 kB idle ${line(idle)}, busy ${line(busy)}; 1 MiB idle ${line(idleLarge)}, busy ${line(busyLarge)}`,
    )
    console.log(`bulk ${(bulkBytes / MIB / seconds).toFixed(0)} MiB/s`)
    // Both ends and their bulk share one process here; without the scheduler the ratio is over a hundred.
    const boundMs = Math.max(20, 25 * quantile(idle, 0.5))
    assert.ok(quantile(busy, 0.5) < boundMs, `median ${quantile(busy, 0.5)} of ${boundMs} ms`)
    assert.ok(quantile(busyLarge, 0.5) < 15 * quantile(idleLarge, 0.5) + 20)
  } finally {
    await world.close()
  }
})

test.run()
