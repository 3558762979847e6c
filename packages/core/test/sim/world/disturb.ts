import { encodeFrame } from '../../../src/consensus/index.ts'
import { type VoteType, voteMessage } from '../../../src/votes/index.ts'
import { faultyOf } from '../checks/arithmetic.ts'
import { damage } from './damage.ts'
import type { Host } from './host.ts'
import type { Channel } from './network.ts'
import { crash, handle, start } from './process.ts'
import type { DisturbanceWeights } from './scenario.ts'
import { bytesOf } from './signatures.ts'
import { fillEmpty } from './snapshots.ts'
import { traced, type World } from './world.ts'

const cutOff = (world: World, from: readonly Host[], to: readonly Host[]): void => {
  for (const a of from) for (const b of to) if (a !== b) world.network.cuts.add(`${a.id}-${b.id}`)
}

/** One member deaf or dumb, two halves, or two halves with one member that both reach. */
const cut = (world: World): void => {
  const { hosts, random, network, counts, queue } = world
  const shuffled = random.shuffled(hosts)
  const half = shuffled.slice(0, 1 + random.int(hosts.length - 1))
  const rest = hosts.filter((host) => !half.includes(host))
  const chance = random.next()
  if (chance < 0.35) {
    counts.note('net.one-way')
    const [lonely] = shuffled as [Host]
    if (random.chance(0.5)) cutOff(world, [lonely], rest)
    else cutOff(world, rest, [lonely])
  } else if (chance < 0.7 || rest.length < 2) {
    counts.note('net.partition')
    cutOff(world, half, rest)
    cutOff(world, rest, half)
    if (random.chance(0.4)) {
      counts.note('net.disconnect')
      for (const { id } of hosts) network.cuts.add(`off ${id}`)
    }
  } else {
    counts.note('net.bridge')
    const [, ...beyond] = rest
    cutOff(world, half, beyond)
    cutOff(world, beyond, half)
  }
  traced(world, () => `cut: ${[...network.cuts].join(' ')}`)
  network.refreshLinks()
  queue.after(random.between(200, 5000), () => {
    network.cuts.clear()
    network.refreshLinks()
  })
}

/** Two halves: of a member with two processes, one in each; of the others, every second one. */
export const split = ({ hosts, scenario, network }: World): void => {
  const isLeft = ({ id, member }: Host): boolean => (id === member ? id % 2 === 0 : member % 2 === 1)
  for (const a of hosts)
    for (const b of hosts) if (isLeft(a) !== isLeft(b)) network.cuts.add(`${a.id}-${b.id}`)
  if (scenario.isSplit) network.refreshLinks()
}

/** Some kinds of messages reach nobody but a few for a while: how a block is decided at one place only. */
const mute = (world: World): void => {
  const { hosts, random, network, queue } = world
  if (random.chance(0.3)) {
    scatterLocks(world)
    return
  }
  const all: readonly Channel[] = [
    'proposal',
    'prepare',
    'commit',
    'round-change',
    'decided',
    'bodies',
    'bundle',
    'gossip',
    'sync',
  ]
  const channels = new Set<Channel>(
    random.chance(0.6)
      ? ['commit', 'decided', 'gossip', 'sync']
      : random.shuffled(all).slice(0, 1 + random.int(3)),
  )
  const spared = random.shuffled(hosts).slice(0, random.int(1 + Math.ceil(hosts.length / 3)))
  const untilMs = queue.nowMs() + random.between(100, 4000)
  network.mutes.push({ channels, spared: new Set(spared.map(({ id }) => id)), untilMs })
  traced(
    world,
    () => `mute: ${[...channels].join(' ')}, except to ${spared.map(({ peer }) => peer).join(' ')}`,
  )
}

/** Round after round another few hear the prepares: several blocks get locked, each at one place. */
const scatterLocks = (world: World): void => {
  const { hosts, random, network, queue, scenario } = world
  const spanMs = (scenario.options.roundTimeoutMs ?? 1000) * 1.3
  for (let turn = 0; turn < 4; turn++) {
    const spared = new Set(
      random
        .shuffled(hosts)
        .slice(0, 1 + random.int(2))
        .map(({ id }) => id),
    )
    queue.after(turn * spanMs, () => {
      network.mutes.push({
        channels: new Set(['prepare', 'decided']),
        spared,
        untilMs: queue.nowMs() + spanMs,
      })
    })
  }
  traced(world, () => 'prepares reach few')
}

/** Large jumps only where f allows: more than f clocks far off stop the chain by design. */
const turnClock = (world: World): void => {
  const { hosts, random, counts, scenario } = world
  const host = random.pick(hosts)
  if (random.chance(0.5)) {
    counts.note('clock.skew')
    host.clock.rate = random.between(0.97, 1.03)
    return
  }
  counts.note('clock.jump')
  const isFar = host.member >= 0 && host.conduct !== 'honest' && faultyOf(scenario.size) > 0
  host.clock.offsetMs = isFar ? random.between(-3_600_000, 3_600_000) : random.between(-1500, 1500)
}

/** A vote of this height's members that they made in another network. */
const tellOtherNetwork = (world: World): void => {
  const { random, signatures, scenario, hosts, counts, membership } = world
  const to = random.pick(hosts)
  const status = to.replica?.status()
  if (status === undefined) return
  counts.note('net.other-network')
  const member = random.int(scenario.size)
  const sender = Math.max(0, membership.indexOf(member, status.height + 1))
  const type = random.pick(['prepare', 'commit'] as const) satisfies VoteType
  const place = { height: status.height + 1, round: status.round, blockHash: bytesOf('elsewhere') }
  const signer = signatures.signerOf(`voting ${member}`)
  const signature = signer.sign(voteMessage({ ...place, networkId: bytesOf('other network'), type }))
  const bytes = encodeFrame({ type, sender, signature, ...place })
  handle(world, to, { type: 'frame', from: `node-${member}`, bytes })
}

const planCrash = (world: World, host: Host): void => {
  if (host.replica) host.crashIn ??= world.random.int(60)
}

const disturbances: Readonly<Record<keyof DisturbanceWeights, (world: World) => void>> = {
  crash: (world) => planCrash(world, world.random.pick(world.hosts)),
  massCrash: (world) => {
    world.counts.note('process.mass-crash')
    for (const host of world.hosts) if (host.replica && world.random.chance(0.7)) crash(world, host)
  },
  pause: (world) => {
    world.counts.note('process.pause')
    const host = world.random.pick(world.hosts)
    host.pausedUntilMs = world.queue.nowMs() + world.random.between(50, 4000)
  },
  cut,
  mute,
  clock: turnClock,
  fullDisk: (world) => {
    const host = world.random.pick(world.hosts)
    host.diskFullUntilMs = world.queue.nowMs() + world.random.between(100, 2500)
  },
  memory: damage,
  calm: () => undefined,
}

const draw = ({ scenario, random }: World): keyof DisturbanceWeights => {
  const entries = Object.entries(scenario.weights) as [keyof DisturbanceWeights, number][]
  let left = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return 'calm'
}

/** One turn of the safety phase: something goes wrong, and some of what is down comes back. */
export const disturb = (world: World): void => {
  disturbances[draw(world)](world)
  const { hosts, random, scenario } = world
  if (random.chance(scenario.rates.otherNetwork * 10)) tellOtherNetwork(world)
  for (const host of hosts)
    if (!host.replica && random.chance(0.3)) {
      fillEmpty(world, host)
      start(world, host)
    }
}
