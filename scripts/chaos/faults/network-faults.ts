import type { Consortium } from '../consortium.ts'
import { anyHost, type Fault, shuffled, type World } from '../world.ts'

type Way = readonly [from: number, to: number]

const severed = async ({ lan }: Consortium, ways: readonly Way[], what: string) => {
  await Promise.all(ways.map(([from, to]) => lan.cut(from, to)))
  return {
    what,
    heal: async () => {
      await Promise.all(ways.map(([from, to]) => lan.mend(from, to)))
    },
  }
}

const bothWays = (left: readonly number[], right: readonly number[]): Way[] =>
  left.flatMap((from) =>
    right.flatMap((to): Way[] => [
      [from, to],
      [to, from],
    ]),
  )

/** Cuts the first hosts off from the others. */
export const split = (consortium: Consortium, left: readonly number[]) => {
  const hosts = consortium.daemons.map(({ host }) => host)
  const right = hosts.filter((host) => !left.includes(host))
  return severed(consortium, bothWays(left, right), `${left.join(' ')} | ${right.join(' ')}`)
}

const randomSplit = (size: number) => (world: World) => {
  const hosts = world.consortium.daemons.map(({ host }) => host)
  return split(world.consortium, shuffled(world.prng, hosts).slice(0, size))
}

export const splitEven: Fault = { name: 'split-even', strike: randomSplit(2) }

export const splitOne: Fault = { name: 'split-one', strike: randomSplit(1) }

/** One way between two, or everything that one sends, or everything that it is sent. */
export const oneWay: Fault = {
  name: 'one-way',
  strike: async (world) => {
    const { consortium, prng } = world
    const hosts = consortium.daemons.map(({ host }) => host)
    const [one = 0, ...others] = shuffled(prng, hosts)
    const kind = prng.pick(['pair', 'mute', 'deaf'])
    const [other = 0] = others
    if (kind === 'pair') return severed(consortium, [[one, other]], `${one} no longer reaches ${other}`)
    if (kind === 'mute')
      return severed(
        consortium,
        others.map((to): Way => [one, to]),
        `${one} is mute`,
      )
    return severed(
      consortium,
      others.map((from): Way => [from, one]),
      `${one} is deaf`,
    )
  },
}

export const unplug: Fault = {
  name: 'unplug',
  strike: async (world) => {
    const { lan } = world.consortium
    const host = anyHost(world)
    await lan.plug(host, false)
    return { what: `host ${host}`, heal: () => lan.plug(host, true) }
  },
}
