import { anyHost, type Fault, shuffled, type World } from '../world.ts'

const killed = async ({ consortium }: World, hosts: readonly number[]) => {
  const daemons = hosts.map(consortium.at)
  await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')))
  return {
    what: daemons.map(({ name }) => name).join(', '),
    heal: async () => {
      for (const daemon of daemons) daemon.start()
    },
  }
}

const hostsOf = ({ consortium, prng }: World): number[] =>
  shuffled(
    prng,
    consortium.daemons.map(({ host }) => host),
  )

export const kill: Fault = { name: 'kill', strike: (world) => killed(world, [anyHost(world)]) }

export const killTwo: Fault = {
  name: 'kill-two',
  strike: (world) => killed(world, hostsOf(world).slice(0, 2)),
}

export const killAll: Fault = { name: 'kill-all', strike: (world) => killed(world, hostsOf(world)) }

/** The process stands still and knows nothing of it: to the others it is dead, to itself no time has passed. */
export const stop: Fault = {
  name: 'stop',
  strike: async (world) => {
    const daemon = world.consortium.at(anyHost(world))
    daemon.signal('SIGSTOP')
    return { what: daemon.name, heal: async () => daemon.signal('SIGCONT') }
  },
}
