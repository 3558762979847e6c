import { type ConsensusFrame, encodeFrame } from '../../../src/consensus/index.ts'
import { hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import type { ReplicaEffect } from '../../../src/replica/index.ts'
import { frameFrom } from './decoded.ts'
import { isDurable, writeCheckpoint, writeDurable } from './disk.ts'
import type { Host } from './host.ts'
import { crash, handle } from './process.ts'
import { traced, type World } from './world.ts'

type Effect<T extends ReplicaEffect['type']> = Extract<ReplicaEffect, { type: T }>

/** Whether the process that sends knows the other as a validator. */
const isValidator = ({ membership }: World, host: Host, other: Host): boolean =>
  membership.indexOf(other.member, host.disk.blocks.length + 1) >= 0

const linked = (world: World, host: Host): readonly Host[] =>
  world.hosts.filter((other) => other !== host && world.network.isLinked(host, other))

const nameOf = (frame: ConsensusFrame): string => {
  if (frame.type === 'decided' || frame.type === 'bundle') return frame.type
  if (frame.type === 'bodies-request')
    return `bodies-request ${frame.height} ${frame.indices?.length ?? 'outline'}`
  if (frame.type === 'bodies') return `bodies ${frame.height} ${frame.transactions.length}`
  if (frame.type === 'round-change') {
    const { newRound, preparedRound } = frame.claim
    return `round-change ${frame.height}/${newRound} prepared ${preparedRound ?? '-'}`
  }
  const what =
    frame.type === 'proposal'
      ? `${frame.outline.wireHashes.length} tx`
      : hexFromBytes(frame.blockHash).slice(0, 6)
  return `${frame.type} ${frame.height}/${frame.round} ${what}`
}

/** A frame leaves the process, as its replica or, in place of it, its liar wants. */
const sendFrame = (world: World, host: Host, to: readonly Host[], bytes: Uint8Array): void => {
  const frame = unwrap(frameFrom(bytes))
  traced(world, () => `${host.peer} → ${to.length === 1 ? to[0]?.peer : 'all'}: ${nameOf(frame)}`)
  world.checks.sending(host, frame)
  host.liar?.heard(frame)
  for (const other of to) {
    const parts = host.liar ? host.liar.outgoing(frame, other) : [{ frame, delayMs: 0 }]
    for (const part of parts) {
      const sent = part.frame === frame ? bytes : encodeFrame(part.frame)
      const input = { type: 'frame' as const, from: host.peer, bytes: sent }
      world.network.deliver(host, other, part.frame.type, input, part.delayMs)
    }
  }
}

const gossip = (world: World, host: Host, { topic, bytes }: Effect<'gossip'>): void => {
  const said = host.liar ? host.liar.gossip(topic, bytes) : bytes
  if (said !== undefined) world.network.gossip.publish(host, topic, said)
}

const answerSync = (world: World, host: Host, effect: Effect<'sync-respond'>): void => {
  const asked = world.network.takeAsker(effect.token)
  if (asked === undefined || asked.incarnation !== asked.host.incarnation) return
  const bytes = host.liar ? host.liar.syncAnswer(effect.bytes) : effect.bytes
  const input = { type: 'sync-response' as const, from: host.peer, token: asked.token, bytes }
  world.network.deliver(host, asked.host, 'sync', input)
}

const askSync = (world: World, host: Host, effect: Effect<'sync-request'>): void => {
  const to = world.hosts.find((other) => other.peer === effect.to)
  if (to === undefined) return
  const token = world.network.noteAsker(host, effect.token)
  world.network.deliver(host, to, 'sync', {
    type: 'sync-request',
    from: host.peer,
    token,
    bytes: effect.bytes,
  })
}

const setTimer = (world: World, host: Host, { name, id, delayMs }: Effect<'set-timer'>): void => {
  const { incarnation } = host
  world.queue.after(delayMs / host.clock.rate, () => {
    if (host.incarnation === incarnation) handle(world, host, { type: 'timer', name, id })
  })
}

/** A checkpoint is on disk a while later, whole; a crash before leaves the one before it. */
const writeState = (world: World, host: Host, effect: Effect<'checkpoint'>): void => {
  const { incarnation } = host
  world.queue.after(world.random.between(1, 60), () => {
    if (host.incarnation !== incarnation) return
    writeCheckpoint(host.disk, effect)
    handle(world, host, { type: 'checkpointed', height: effect.height })
  })
}

/** Does what the replica asks of its host. */
export const carryOut = (world: World, host: Host, effect: ReplicaEffect): void => {
  if (isDurable(effect)) writeDurable(host.disk, effect)
  world.checks.effect(host, effect)
  if (effect.type === 'broadcast')
    sendFrame(
      world,
      host,
      linked(world, host).filter((other) => isValidator(world, host, other)),
      effect.frame,
    )
  else if (effect.type === 'send')
    sendFrame(
      world,
      host,
      linked(world, host).filter((other) => other.peer === effect.to),
      effect.frame,
    )
  else if (effect.type === 'gossip') gossip(world, host, effect)
  else if (effect.type === 'gossip-verdict') world.network.gossip.judged(host, effect.token, effect.verdict)
  else if (effect.type === 'sync-request') askSync(world, host, effect)
  else if (effect.type === 'sync-respond') answerSync(world, host, effect)
  else if (effect.type === 'set-timer') setTimer(world, host, effect)
  else if (effect.type === 'checkpoint') writeState(world, host, effect)
  else if (effect.type === 'evidence') world.governors.accuse(host.id, effect.record)
  else if (effect.type === 'committed') {
    traced(world, () => `${host.peer} committed ${effect.height} ${hexFromBytes(effect.hash).slice(0, 6)}`)
  } else if (effect.type === 'submit-result' && !effect.result.ok) {
    const { code } = effect.result
    traced(world, () => `${host.peer} turns a transaction away: ${code}`)
  } else if (effect.type === 'log' && effect.level !== 'debug') {
    traced(world, () => `${host.peer} logs ${effect.event} ${JSON.stringify(effect.fields)}`)
  } else if (effect.type === 'halt') {
    host.halted = effect.refusal.code
    traced(world, () => `${host.peer} halts: ${effect.refusal.code}`)
    crash(world, host)
  }
}
