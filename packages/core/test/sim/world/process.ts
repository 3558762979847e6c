import { createReplica, type ReplicaEffect, type ReplicaInput } from '../../../src/replica/index.ts'
import { carryOut } from './carry-out.ts'
import { frameFrom } from './decoded.ts'
import { isDurable, portsOf, writeDurable, writePartly } from './disk.ts'
import type { Host, HostInput } from './host.ts'
import { traced, type World, wallMsOf } from './world.ts'

/** Ends the process: what was under way is gone, what is on disk stays. */
export const crash = (world: World, host: Host): void => {
  traced(world, () => `${host.peer} is gone`)
  host.incarnation += 1
  host.replica = undefined
  host.crashIn = undefined
  host.pausedUntilMs = 0
  host.inbox.length = 0
  world.network.refreshLinks()
}

/** A disk that says too early that it has something: the last-signed record is there, and the WAL in front of it is not. */
const isPair = (host: Host, effect: ReplicaEffect, next: ReplicaEffect | undefined): boolean =>
  host.conduct === 'forgetful' && effect.type === 'persist-wal' && next?.type === 'persist-last-signed'

const losesPair = (
  world: World,
  host: Host,
  effect: ReplicaEffect,
  next: ReplicaEffect | undefined,
): boolean => world.isFaulty && isPair(host, effect, next) && world.random.chance(0.05)

/** What is on the disk is decided for everybody who reads it, even if the process lives no longer to tell. */
const tellStored = (world: World, host: Host, effect: ReplicaEffect): void => {
  if (effect.type !== 'append-blocks') return
  const blocks = effect.blocks.filter(({ height }) => height <= host.disk.blocks.length)
  if (blocks.length > 0) world.checks.effect(host, { ...effect, blocks })
}

/** A crash at this effect: before it, within it, or, for two writes that follow each other, between them in either order. */
const crashAt = (world: World, host: Host, effect: ReplicaEffect, next: ReplicaEffect | undefined): void => {
  const { counts, random } = world
  traced(world, () => `${host.peer} crashes at ${effect.type}`)
  counts.note('process.crash')
  if (isDurable(effect)) {
    const chance = isPair(host, effect, next) ? 1 : random.next()
    if (chance < 0.4) {
      counts.note('disk.torn-write')
      writePartly(host.disk, effect, random.next())
    } else if (chance < 0.6) counts.note('disk.lost-suffix')
    else if (chance < 0.8) writeDurable(host.disk, effect)
    else if (next?.type === 'persist-last-signed' && isPair(host, effect, next)) {
      counts.note('disk.out-of-order')
      writeDurable(host.disk, next)
    }
    tellStored(world, host, effect)
  }
  crash(world, host)
}

/** A write that does not succeed ends the process; how much of it is on disk, nobody knows. */
const failsToWrite = (world: World, host: Host, effect: ReplicaEffect): boolean => {
  if (!isDurable(effect) || !world.isFaulty) return false
  const { random, scenario, counts, queue } = world
  if (queue.nowMs() < host.diskFullUntilMs) counts.note('disk.full')
  else if (random.chance(scenario.failedSync)) counts.note('disk.failed-sync')
  else return false
  if (random.chance(0.5)) writePartly(host.disk, effect, random.next())
  tellStored(world, host, effect)
  traced(world, () => `${host.peer} cannot write ${effect.type}`)
  crash(world, host)
  return true
}

const perform = (world: World, host: Host, effects: readonly ReplicaEffect[]): void => {
  const { incarnation } = host
  for (const [index, effect] of effects.entries()) {
    if (host.incarnation !== incarnation) return
    const isDue = host.crashIn !== undefined && host.crashIn-- <= 0
    if (isDue || losesPair(world, host, effect, effects[index + 1])) {
      crashAt(world, host, effect, effects[index + 1])
      return
    }
    if (failsToWrite(world, host, effect)) return
    carryOut(world, host, effect)
  }
}

/** Gives the process one input and carries out what it answers. */
const take = (world: World, host: Host, input: HostInput): void => {
  const { replica } = host
  if (replica === undefined) return
  const { checks } = world
  if (input.type === 'frame') {
    const frame = frameFrom(input.bytes)
    if (frame.ok) {
      host.liar?.heard(frame.value)
      checks.arrived(host, frame.value, input.from)
    }
  }
  const effects = replica.handle({ ...input, nowMs: wallMsOf(world, host) } as ReplicaInput)
  checks.answered(host, effects)
  perform(world, host, effects)
  if (host.replica !== undefined && host.halted === undefined) checks.settled(host)
}

/** What came during a pause is taken in its order once the pause is over. */
const catchUp = (world: World, host: Host): void => {
  while (host.inbox.length > 0) {
    if (host.pausedUntilMs > world.queue.nowMs()) {
      world.queue.at(host.pausedUntilMs, () => catchUp(world, host))
      return
    }
    take(world, host, host.inbox.shift() as HostInput)
  }
}

/** Gives the process one input; a paused one gets it when it goes on, behind what came before. */
export const handle = (world: World, host: Host, input: HostInput): void => {
  if (host.replica === undefined) return
  host.inbox.push(input)
  if (host.inbox.length === 1) catchUp(world, host)
}

const rulesOf = ({ load }: World, { isOutdated, liar }: Host) => {
  if (isOutdated) return load.outdatedRules
  return liar?.isGreedy ? load.greedyRules : load.rules
}

/** Starts the process on what its disk holds. */
export const start = (world: World, host: Host): void => {
  if (host.replica !== undefined) return
  host.incarnation += 1
  host.halted = undefined
  host.pausedUntilMs = 0
  host.disk.walEnd = undefined
  const institution = world.load.institutionOf(host.member)
  const self = institution && { institution, signer: world.signatures.signerOf(`voting ${host.member}`) }
  host.replica = createReplica({
    genesis: world.genesis,
    self,
    ports: { ...portsOf(host.disk), verifier: world.signatures.verifier },
    options: world.scenario.options,
    rules: rulesOf(world, host),
  })
  traced(world, () => `${host.peer} starts at ${host.disk.blocks.length}`)
  world.checks.starting(host)
  // What a start writes may be torn like anything else.
  if (world.isFaulty && !world.scenario.isSplit && world.random.chance(0.1))
    host.crashIn = world.random.int(3)
  const { incarnation } = host
  handle(world, host, { type: 'start', wal: host.disk.wal, lastSigned: host.disk.lastSigned })
  if (host.incarnation !== incarnation) return
  // One that starts on a disk without blocks has read all there is.
  if (host.replica !== undefined && host.halted === undefined) host.isDamaged &&= host.disk.blocks.length > 0
  world.checks.started(host)
  world.network.refreshLinks()
}
