import type { ConsensusFrame } from '../../../src/consensus/index.ts'
import { concatBytes } from '../../../src/encoding/index.ts'
import { withFlippedBit } from './disk.ts'
import { createGossip, type Gossip } from './gossip.ts'
import type { Host, HostInput } from './host.ts'
import { handle } from './process.ts'
import { isAdmitted, type World } from './world.ts'

/** What a message is, for faults that pick their victims. */
export type Channel = ConsensusFrame['type'] | 'gossip' | 'sync'

interface Mute {
  readonly channels: ReadonlySet<Channel>
  /** Hosts that hear all the same. */
  readonly spared: ReadonlySet<number>
  readonly untilMs: number
}

export interface Network {
  /** One-way cuts, `from-to`. */
  readonly cuts: Set<string>
  readonly mutes: Mute[]
  readonly deliver: (from: Host, to: Host, channel: Channel, input: HostInput, delayMs?: number) => void
  readonly isLinked: (a: Host, b: Host) => boolean
  /** Tells both sides of every link that came or went. */
  readonly refreshLinks: () => void
  readonly gossip: Gossip
  /** Remembers who asked; gives the token under which the asked process answers. */
  readonly noteAsker: (host: Host, token: number) => number
  readonly takeAsker: (token: number) => Asker | undefined
}

export interface Asker {
  readonly host: Host
  readonly incarnation: number
  readonly token: number
}

const RECENT_MAX = 400

const pairOf = (a: Host, b: Host): string => `${a.id}-${b.id}`

/** A link of two running processes; a new incarnation is a new link. */
const linkName = (a: Host, b: Host): string => `${a.id}.${a.incarnation}-${b.id}.${b.incarnation}`

/** Links come up and go down a moment later, in the order in which it happened. */
const createLinks = (world: World, isUp: (a: Host, b: Host) => boolean) => {
  const links = new Map<string, readonly [Host, Host]>()
  const tell = (host: Host, incarnation: number, input: HostInput): void => {
    world.queue.after(3, () => {
      if (host.incarnation === incarnation) handle(world, host, input)
    })
  }
  const institutionOf = (host: Host) => world.load.institutionOf(host.member)
  return {
    has: (a: Host, b: Host): boolean => links.has(linkName(a, b)),
    refresh: (): void => {
      for (const [name, [a, b]] of links) {
        if (name === linkName(a, b) && isUp(a, b)) continue
        links.delete(name)
        if (a.replica) tell(a, a.incarnation, { type: 'peer-down', peer: b.peer })
      }
      for (const a of world.hosts) {
        for (const b of world.hosts) {
          if (a === b || links.has(linkName(a, b)) || !isUp(a, b)) continue
          links.set(linkName(a, b), [a, b])
          tell(a, a.incarnation, { type: 'peer-up', peer: b.peer, institution: institutionOf(b) })
        }
      }
    },
  }
}

const createAskers = (): Pick<Network, 'noteAsker' | 'takeAsker'> => {
  const askers = new Map<number, Asker>()
  let last = 0
  return {
    noteAsker: (host, token) => {
      last += 1
      askers.set(last, { host, incarnation: host.incarnation, token })
      return last
    },
    takeAsker: (token) => {
      const asker = askers.get(token)
      askers.delete(token)
      return asker
    },
  }
}

export const createNetwork = (world: World): Network => {
  const { scenario, queue, counts } = world
  const { rates } = scenario
  const random = world.random.fork(1)
  const cuts = new Set<string>()
  const mutes: Mute[] = []
  const recent: { from: Host; input: HostInput }[] = []
  const isUp = (a: Host, b: Host): boolean =>
    a.replica !== undefined &&
    b.replica !== undefined &&
    isAdmitted(world, a) &&
    isAdmitted(world, b) &&
    !(cuts.has(pairOf(a, b)) && cuts.has(pairOf(b, a)) && cuts.has(`off ${Math.min(a.id, b.id)}`))
  const links = createLinks(world, isUp)

  const isMuted = (channel: Channel, to: Host): boolean =>
    mutes.some(
      (mute) => queue.nowMs() < mute.untilMs && mute.channels.has(channel) && !mute.spared.has(to.id),
    )

  const latencyMs = (): number => {
    const usual = rates.latencyMs * (0.3 + random.next())
    if (!world.isFaulty) return usual
    if (random.chance(rates.longTail)) {
      counts.note('net.long-tail')
      return usual + random.between(200, 6000)
    }
    if (random.chance(rates.reorder)) {
      counts.note('net.reorder')
      return usual + rates.latencyMs * random.between(1, 8)
    }
    return usual
  }

  const arrive = (from: Host, to: Host, incarnation: number, input: HostInput): void => {
    if (cuts.has(pairOf(from, to)) || to.incarnation !== incarnation) return
    handle(world, to, input)
  }

  const corrupted = (input: HostInput): HostInput => {
    if (!world.isFaulty || !('bytes' in input) || !random.chance(rates.corruption)) return input
    counts.note('net.corruption')
    const bytes = random.chance(0.2)
      ? input.bytes.subarray(0, random.int(input.bytes.length))
      : withFlippedBit(input.bytes, random.next())
    return { ...input, bytes: random.chance(0.1) ? concatBytes(bytes, Uint8Array.of(0)) : bytes }
  }

  /** Something that was said before, by anybody, is said again to anybody. */
  const replay = (): void => {
    const old = random.pick(recent)
    const to = random.pick(world.hosts)
    counts.note('net.replay')
    queue.after(random.between(0, 3000), () => handle(world, to, old.input))
  }

  const deliver: Network['deliver'] = (from, to, channel, input, delayMs = 0) => {
    if (input.type === 'frame' && (recent.length < RECENT_MAX || random.chance(0.05))) {
      recent[recent.length < RECENT_MAX ? recent.length : random.int(RECENT_MAX)] = { from, input }
    }
    if (world.isFaulty) {
      if (cuts.has(pairOf(from, to))) return
      if (isMuted(channel, to)) {
        counts.note('net.mute')
        return
      }
      if (random.chance(rates.loss)) {
        counts.note('net.loss')
        return
      }
      if (random.chance(rates.replay) && recent.length > 0) replay()
    }
    const copies = world.isFaulty && random.chance(rates.duplicate) ? 2 : 1
    if (copies === 2) counts.note('net.duplicate')
    for (let copy = 0; copy < copies; copy++) {
      const { incarnation } = to
      const sent = corrupted(input)
      queue.after(delayMs + latencyMs(), () => arrive(from, to, incarnation, sent))
    }
  }

  return {
    cuts,
    mutes,
    deliver,
    isLinked: links.has,
    refreshLinks: links.refresh,
    gossip: createGossip(world, deliver, links.has),
    ...createAskers(),
  }
}
