import { type ConsensusFrame, decodeFrame, encodeFrame } from '../../src/consensus/index.ts'
import { unwrap } from '../../src/encoding/index.ts'
import { institutionIdOf } from '../../src/ledger/genesis.ts'
import {
  createReplica,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
  type ReplicaOptions,
} from '../../src/replica/index.ts'
import { createDisk, portsOf } from './cluster-disk.ts'
import { clusterGenesis, fakeSigner, START_MS } from './cluster-keys.ts'

type Input = ReplicaInput extends infer I ? (I extends { nowMs: number } ? Omit<I, 'nowMs'> : never) : never

export const genesis = clusterGenesis(4)

// [headHeight 0, no blocks]
const NOTHING = Uint8Array.of(0x82, 0x00, 0x80)

/** One replica on a table: what it is given and what it answers, with nothing in between. */
export interface LoneMember {
  readonly index: number
  readonly replica: Replica
  readonly give: (nowMs: number, input: Input) => readonly ReplicaEffect[]
  readonly hear: (frame: ConsensusFrame, from: number, nowMs?: number) => readonly ReplicaEffect[]
  readonly start: (nowMs: number) => readonly ReplicaEffect[]
  /** Meets the three others, who report that they have nothing: now it may sign, and perhaps proposes. */
  readonly meet: (nowMs: number) => readonly ReplicaEffect[]
  /** The timer of this name that was set last goes off. */
  readonly fire: (name: string, nowMs: number) => readonly ReplicaEffect[]
}

export const createMember = (index: number, options: Partial<ReplicaOptions> = {}): LoneMember => {
  const member = genesis.members[index]
  if (!member) throw new Error('no member')
  const self = { institution: institutionIdOf(member), signer: fakeSigner(member.votingKey) }
  const replica = createReplica({ genesis, self, ports: portsOf(createDisk()), options })
  const timers = new Map<string, Extract<ReplicaEffect, { type: 'set-timer' }>>()
  const give: LoneMember['give'] = (nowMs, input) => {
    const effects = replica.handle({ ...input, nowMs } as ReplicaInput)
    for (const effect of effects) if (effect.type === 'set-timer') timers.set(effect.name, effect)
    return effects
  }
  return {
    index,
    replica,
    give,
    hear: (frame, from, nowMs = START_MS) =>
      give(nowMs, { type: 'frame', from: `peer-${from}`, bytes: encodeFrame(frame) }),
    start: (nowMs) => give(nowMs, { type: 'start', wal: undefined, lastSigned: undefined }),
    meet: (nowMs) =>
      genesis.members.flatMap((other, at) => {
        const peer = `peer-${at}`
        if (at === index) return []
        const up = give(nowMs, { type: 'peer-up', peer, institution: institutionIdOf(other) })
        const answered = up.flatMap((effect) =>
          effect.type === 'sync-request'
            ? give(nowMs, { type: 'sync-response', from: peer, token: effect.token, bytes: NOTHING })
            : [],
        )
        return [...up, ...answered]
      }),
    fire: (name, nowMs) => {
      const timer = timers.get(name)
      return timer === undefined ? [] : give(nowMs, { type: 'timer', name: timer.name, id: timer.id })
    },
  }
}

export const framesOf = (effects: readonly ReplicaEffect[]): ConsensusFrame[] =>
  effects.flatMap((effect) =>
    effect.type === 'broadcast' || effect.type === 'send' ? [unwrap(decodeFrame(effect.frame))] : [],
  )

export const framesOfType = <T extends ConsensusFrame['type']>(
  effects: readonly ReplicaEffect[],
  type: T,
): Extract<ConsensusFrame, { type: T }>[] =>
  framesOf(effects).filter((frame): frame is Extract<ConsensusFrame, { type: T }> => frame.type === type)

/** Neighbours that are sent a frame of this type. */
export const askedOf = (effects: readonly ReplicaEffect[], type: ConsensusFrame['type']): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'send' && unwrap(decodeFrame(effect.frame)).type === type ? [effect.to] : [],
  )
