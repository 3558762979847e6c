import {
  type Bucket,
  createReplica,
  type Genesis,
  institutionIdOf,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
  type SignatureVerifier,
  type Signer,
  type TimerName,
} from '@medchain/core'
import { createEventQueue } from './event-queue.ts'

type Untimed = ReplicaInput extends infer I ? (I extends unknown ? Omit<I, 'nowMs'> : never) : never

export interface VirtualOptions {
  readonly genesis: Genesis
  /** Voting keys, in the order of the genesis members. */
  readonly signers: readonly Signer[]
  readonly verifier: SignatureVerifier
  /** One way between two replicas. */
  readonly delayMs: (from: number, to: number) => number
  /** What a durable effect takes. */
  readonly syncMs: number
}

export interface VirtualCounts {
  messages: number
  sizeBytes: number
  /** Processor time of one input type, in seconds. */
  readonly processorSeconds: Map<string, number>
}

interface Event {
  readonly replica: number
  readonly input: Untimed
}

/** Replicas on one thread under virtual time: real rules, a network of delays alone, disks that take `syncMs`. */
export interface VirtualNetwork {
  readonly counts: VirtualCounts
  readonly replicas: readonly Replica[]
  readonly submit: (atMs: number, replica: number, bytes: Uint8Array) => void
  /** Runs until the virtual time; `onCommitted` hears of each block at each replica. */
  readonly runUntil: (timeMs: number) => void
}

type Hearing = (replica: number, atMs: number, txIds: readonly Uint8Array[]) => void

const memoryPorts = (verifier: SignatureVerifier) => {
  const blocks = new Map<number, Uint8Array>()
  const buckets = new Map<number, Bucket>()
  let stored: { height: number; meta: Uint8Array } | undefined
  const durable = (effect: ReplicaEffect): void => {
    if (effect.type === 'append-blocks')
      for (const { height, bytes } of effect.blocks) blocks.set(height, bytes)
    if (effect.type !== 'checkpoint') return
    for (const [index, bucket] of effect.buckets) buckets.set(index, bucket)
    stored = { height: effect.height, meta: effect.meta }
  }
  return {
    durable,
    ports: {
      blocks: { headHeight: () => blocks.size, readBlock: (height: number) => blocks.get(height) },
      state: {
        readBucket: (index: number) => buckets.get(index) ?? [],
        checkpoint: () => stored,
        occupied: () => buckets.keys(),
      },
      verifier,
    },
  }
}

export const createVirtualNetwork = (options: VirtualOptions, onCommitted: Hearing): VirtualNetwork => {
  const { genesis, signers, delayMs, syncMs } = options
  const queue = createEventQueue<Event>()
  const counts: VirtualCounts = { messages: 0, sizeBytes: 0, processorSeconds: new Map() }
  const parts = signers.map(() => memoryPorts(options.verifier))
  const timers = signers.map(() => new Map<TimerName, number>())
  const replicas = signers.map((signer, index) =>
    createReplica({
      genesis,
      self: { institution: institutionIdOf(genesis.members[index] as Genesis['members'][number]), signer },
      ports: (parts[index] as ReturnType<typeof memoryPorts>).ports,
    }),
  )
  const questions: { readonly replica: number; readonly token: number }[] = []
  let nowMs = genesis.timeMs + 1

  const carry = (from: number, to: number, atMs: number, bytes: Uint8Array, input: Untimed): void => {
    counts.messages += 1
    counts.sizeBytes += bytes.length
    queue.add(atMs + delayMs(from, to), { replica: to, input })
  }

  const runEffect = (me: number, effect: ReplicaEffect, atMs: number): number => {
    const peers = replicas.map((_, index) => index).filter((index) => index !== me)
    parts[me]?.durable(effect)
    if (effect.type === 'persist-wal' || effect.type === 'append-blocks') return atMs + syncMs
    if (effect.type === 'halt') throw new Error(`${effect.refusal.code}: ${effect.refusal.message}`)
    if (effect.type === 'checkpoint')
      queue.add(atMs, { replica: me, input: { type: 'checkpointed', height: effect.height } })
    if (effect.type === 'broadcast')
      for (const to of peers)
        carry(me, to, atMs, effect.frame, { type: 'frame', from: String(me), bytes: effect.frame })
    if (effect.type === 'send')
      carry(me, Number(effect.to), atMs, effect.frame, {
        type: 'frame',
        from: String(me),
        bytes: effect.frame,
      })
    if (effect.type === 'gossip')
      for (const to of peers)
        carry(me, to, atMs, effect.bytes, {
          ...{ type: 'gossip', from: String(me), token: 0 },
          topic: effect.topic,
          bytes: effect.bytes,
        })
    if (effect.type === 'sync-request') {
      const answerTo = questions.push({ replica: me, token: effect.token }) - 1
      carry(me, Number(effect.to), atMs, effect.bytes, {
        ...{ type: 'sync-request', from: String(me), token: answerTo, bytes: effect.bytes },
      })
    }
    if (effect.type === 'sync-respond') {
      const { replica, token } = questions[effect.token] as { replica: number; token: number }
      carry(me, replica, atMs, effect.bytes, {
        type: 'sync-response',
        from: String(me),
        token,
        bytes: effect.bytes,
      })
    }
    if (effect.type === 'set-timer') {
      timers[me]?.set(effect.name, effect.id)
      queue.add(atMs + effect.delayMs, {
        replica: me,
        input: { type: 'timer', name: effect.name, id: effect.id },
      })
    }
    if (effect.type === 'clear-timer') timers[me]?.delete(effect.name)
    if (effect.type === 'committed')
      onCommitted(
        me,
        atMs,
        effect.transactions.map(({ txId }) => txId),
      )
    return atMs
  }

  const handle = ({ replica, input }: Event): void => {
    if (input.type === 'timer' && timers[replica]?.get(input.name) !== input.id) return
    const worker = replicas[replica] as Replica
    const before = process.cpuUsage()
    const effects = worker.handle({ ...input, nowMs: Math.floor(nowMs) } as ReplicaInput)
    const { user, system } = process.cpuUsage(before)
    const spent = counts.processorSeconds
    const name = input.type === 'timer' ? `timer ${input.name}` : input.type
    spent.set(name, (spent.get(name) ?? 0) + (user + system) / 1e6)
    let atMs = nowMs
    for (const effect of effects) atMs = runEffect(replica, effect, atMs)
  }

  for (const [replica] of replicas.entries()) {
    handle({ replica, input: { type: 'start', wal: undefined, lastSigned: undefined } })
    for (const [other, member] of genesis.members.entries())
      if (other !== replica)
        handle({
          replica,
          input: { type: 'peer-up', peer: String(other), institution: institutionIdOf(member) },
        })
  }
  let pendingEvent: ReturnType<typeof queue.next>
  return {
    counts,
    replicas,
    submit: (atMs, replica, bytes) =>
      queue.add(genesis.timeMs + 1 + atMs, { replica, input: { type: 'submit', token: 0, bytes } }),
    runUntil: (timeMs) => {
      const endMs = genesis.timeMs + 1 + timeMs
      for (;;) {
        pendingEvent ??= queue.next()
        if (pendingEvent === undefined || pendingEvent.atMs > endMs) return
        nowMs = Math.max(nowMs, pendingEvent.atMs)
        const { what } = pendingEvent
        pendingEvent = undefined
        handle(what)
      }
    },
  }
}
