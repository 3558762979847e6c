import { createPrng } from '../../synthetic/prng.ts'
import type { Fault, World } from '../world.ts'

const RESET_EVERY_MS = 300

const ways = ({ consortium }: World): (readonly [from: number, to: number])[] => {
  const hosts = consortium.daemons.map(({ host }) => host)
  return hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => [from, to] as const))
}

/** Long, narrow ways between all, each of its own length. */
export const slow: Fault = {
  name: 'slow',
  strike: async (world) => {
    const { consortium, prng } = world
    const longestMs = prng.pick([20, 60, 150])
    const bytesPerSecond = prng.pick([100_000, 300_000, 1_000_000])
    for (const [from, to] of ways(world)) {
      consortium.relays?.setWeather(from, to, { delayMs: prng.integer(5, longestMs), bytesPerSecond })
    }
    return {
      what: `up to ${longestMs} ms, ${bytesPerSecond / 1000} kB/s`,
      heal: async () => {
        for (const [from, to] of ways(world)) consortium.relays?.setWeather(from, to, undefined)
      },
    }
  },
}

/** Connections break again and again. */
export const resets: Fault = {
  name: 'resets',
  strike: async (world) => {
    const { consortium, prng } = world
    const all = ways(world)
    // Of its own: how often the timer fires is not for the seed to say.
    const chance = createPrng(prng.integer(0, 1e9))
    const timer = setInterval(() => {
      const [from, to] = chance.pick(all)
      consortium.relays?.reset(from, to)
      consortium.relays?.reset(to, from)
    }, RESET_EVERY_MS)
    return { what: `one pair every ${RESET_EVERY_MS} ms`, heal: async () => clearInterval(timer) }
  },
}
