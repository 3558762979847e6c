import { decodeFrame, isConsensusMessage, roundOf, senderOf } from '../../src/consensus/index.ts'
import { hexFromBytes, unwrap } from '../../src/encoding/index.ts'
import { blockHash, decodeCommittedBlock } from '../../src/ledger/block.ts'
import { type Genesis, type GenesisMember, institutionIdOf, networkIdOf } from '../../src/ledger/genesis.ts'
import {
  createReplica,
  decodeWal,
  type EvidenceRecord,
  type LedgerRules,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
} from '../../src/replica/index.ts'
import type { ReplicaOptions } from '../../src/replica/options.ts'
import { createDisk, type Disk, portsOf, writeToDisk } from './cluster-disk.ts'
import { clusterGenesis, createRandom, fakeSigner, START_MS } from './cluster-keys.ts'

type Input = ReplicaInput extends infer I ? (I extends { nowMs: number } ? Omit<I, 'nowMs'> : never) : never

export interface ClusterNode {
  readonly index: number
  disk: Disk
  replica: Replica | undefined
  /** Effects left until a crash, if one is planned. */
  crashIn: number | undefined
  incarnation: number
  halted: string | undefined
  clockSkewMs: number
  readonly dropped: string[]
  readonly evidence: string[]
  readonly evidenceRecords: EvidenceRecord[]
  readonly logged: string[]
  readonly results: Map<number, string>
}

interface Event {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export interface ClusterConfig {
  readonly size: number
  readonly seed: number
  readonly observers?: number
  /** Institutions that the observers are once they are voted in, in their order. */
  readonly joiners?: readonly GenesisMember[]
  readonly latencyMs?: number
  readonly loss?: number
  readonly options?: Partial<ReplicaOptions>
  readonly rulesOf?: (index: number) => LedgerRules
}

export interface Cluster {
  readonly genesis: Genesis
  readonly nodes: readonly ClusterNode[]
  readonly nowMs: () => number
  /** Decided hash of each height, as the first node said. */
  readonly decided: Map<number, string>
  readonly start: (index: number) => void
  readonly crash: (index: number) => void
  readonly wipe: (index: number) => void
  readonly inject: (index: number, input: Input) => void
  readonly submit: (index: number, bytes: Uint8Array) => void
  /** Runs until the condition holds; throws after `limitMs` of simulated time. */
  readonly until: (what: string, condition: () => boolean, limitMs?: number) => void
  readonly run: (durationMs: number) => void
  /** Return false to lose a frame; may rewrite it. */
  intercept: ((from: number, to: number, frame: Uint8Array) => Uint8Array | undefined) | undefined
  readonly cut: Set<string>
  /** Nodes whose gossip reaches nobody. */
  readonly mute: Set<number>
  readonly framesSent: () => number
}

const peerName = (index: number): string => `peer-${index}`
const indexOfPeer = (peer: string): number => Number(peer.slice('peer-'.length))

/** Seeded world of replicas: one event at a time, safety checked at every effect. */
export const createCluster = (config: ClusterConfig): Cluster => {
  const random = createRandom(config.seed)
  const genesis = clusterGenesis(config.size)
  const networkId = networkIdOf(genesis)
  const total = config.size + (config.observers ?? 0)
  const events: Event[] = []
  let nowMs = START_MS
  let frames = 0
  const decided = new Map<number, string>()
  const signed = new Map<string, string>()
  const nodes: ClusterNode[] = Array.from({ length: total }, (_, index) => ({
    index,
    disk: createDisk(),
    replica: undefined,
    crashIn: undefined,
    incarnation: 0,
    halted: undefined,
    clockSkewMs: 0,
    dropped: [],
    evidence: [],
    evidenceRecords: [],
    logged: [],
    results: new Map(),
  }))
  const memberOf = (index: number): GenesisMember | undefined =>
    genesis.members[index] ?? config.joiners?.[index - config.size]
  const nodeAt = (index: number): ClusterNode => {
    const node = nodes[index]
    if (!node) throw new Error(`no node ${index}`)
    return node
  }
  const fail = (message: string): never => {
    throw new Error(`${message} (seed ${config.seed})`)
  }
  const schedule = (delayMs: number, run: () => void): void => {
    events.push({ atMs: nowMs + delayMs, order: random(), run })
  }
  const latency = (): number => (config.latencyMs ?? 5) * (0.2 + 2 * random())
  const isCut = (a: number, b: number): boolean => cluster.cut.has(`${a}-${b}`)
  const deliver = (from: number, to: number, input: Input): void => {
    if (random() < (config.loss ?? 0)) return
    const { incarnation } = nodeAt(to)
    schedule(latency(), () => {
      if (!isCut(from, to) && nodeAt(to).incarnation === incarnation) handle(nodeAt(to), input)
    })
  }

  const checkBlock = (bytes: Uint8Array): void => {
    const { header } = unwrap(decodeCommittedBlock(bytes)).block
    const name = hexFromBytes(blockHash(header))
    const known = decided.get(header.height) ?? name
    decided.set(header.height, known)
    if (known !== name) fail(`two blocks at height ${header.height}`)
  }

  /** S2 and S7: one thing for each (height, round, type), across crashes, and in the WAL before it is sent. */
  const checkSent = (node: ClusterNode, frame: Uint8Array): void => {
    const message = unwrap(decodeFrame(frame))
    if (!isConsensusMessage(message) || senderOf(message) !== node.index) return
    const place = `${node.index}/${message.height}/${roundOf(message)}/${message.type}`
    const prepared = message.type === 'round-change' ? `${message.claim.preparedRound}` : ''
    const hash =
      message.type === 'proposal'
        ? blockHash(message.outline.header)
        : message.type === 'round-change'
          ? (message.claim.preparedHash ?? new Uint8Array(0))
          : message.blockHash
    const content = `${prepared}:${hexFromBytes(hash)}`
    if ((signed.get(place) ?? content) !== content) fail(`node ${node.index} signed two things at ${place}`)
    signed.set(place, content)
    const wal = unwrap(decodeWal(node.disk.wal ?? new Uint8Array(0), networkId))
    const isDurable = wal?.records.some(
      ({ ...record }) =>
        record.type === 'sent' &&
        record.message.type === message.type &&
        roundOf(record.message) === roundOf(message),
    )
    if (wal?.height !== message.height || !isDurable)
      fail(`node ${node.index} sent ${place} before it was durable`)
  }

  const send = (node: ClusterNode, to: number, frame: Uint8Array): void => {
    frames += 1
    const passed = cluster.intercept ? cluster.intercept(node.index, to, frame) : frame
    if (passed) deliver(node.index, to, { type: 'frame', from: peerName(node.index), bytes: passed })
  }

  const others = (node: ClusterNode): ClusterNode[] =>
    nodes.filter((other) => other !== node && other.replica)

  const carryOut = (node: ClusterNode, effect: ReplicaEffect): void => {
    const { incarnation } = node
    writeToDisk(node.disk, effect)
    if (effect.type === 'append-blocks') for (const { bytes } of effect.blocks) checkBlock(bytes)
    else if (effect.type === 'broadcast') {
      checkSent(node, effect.frame)
      for (const other of others(node)) if (memberOf(other.index)) send(node, other.index, effect.frame)
    } else if (effect.type === 'send') {
      checkSent(node, effect.frame)
      send(node, indexOfPeer(effect.to), effect.frame)
    } else if (effect.type === 'gossip' && !cluster.mute.has(node.index)) {
      for (const other of others(node)) {
        deliver(node.index, other.index, {
          type: 'gossip',
          from: peerName(node.index),
          topic: effect.topic,
          token: 0,
          bytes: effect.bytes,
        })
      }
    } else if (effect.type === 'sync-request') {
      const { token, bytes } = effect
      deliver(node.index, indexOfPeer(effect.to), {
        type: 'sync-request',
        from: peerName(node.index),
        token: node.index * 1_000_000 + token,
        bytes,
      })
    } else if (effect.type === 'sync-respond') {
      const asker = Math.floor(effect.token / 1_000_000)
      deliver(node.index, asker, {
        type: 'sync-response',
        from: peerName(node.index),
        token: effect.token % 1_000_000,
        bytes: effect.bytes,
      })
    } else if (effect.type === 'set-timer') {
      schedule(effect.delayMs, () => {
        if (node.incarnation === incarnation)
          handle(node, { type: 'timer', name: effect.name, id: effect.id })
      })
    } else if (effect.type === 'checkpoint') {
      schedule(1, () => {
        if (node.incarnation === incarnation) handle(node, { type: 'checkpointed', height: effect.height })
      })
    } else if (effect.type === 'submit-result') {
      node.results.set(effect.token, effect.result.ok ? 'accepted' : effect.result.code)
    } else if (effect.type === 'dropped') node.dropped.push(effect.refusal.code)
    else if (effect.type === 'evidence') {
      node.evidence.push(`${effect.record.kind}/${hexFromBytes(effect.record.institution)}`)
      node.evidenceRecords.push(effect.record)
    } else if (effect.type === 'log') node.logged.push(effect.event)
    else if (effect.type === 'halt') {
      node.halted = effect.refusal.code
      cluster.crash(node.index)
    }
  }

  const perform = (node: ClusterNode, effects: readonly ReplicaEffect[]): void => {
    const { incarnation } = node
    for (const effect of effects) {
      if (node.incarnation !== incarnation) return
      if (node.crashIn !== undefined && node.crashIn-- <= 0) {
        if (random() < 0.5) writeToDisk(node.disk, effect, random())
        node.crashIn = undefined
        cluster.crash(node.index)
        return
      }
      carryOut(node, effect)
    }
  }

  const handle = (node: ClusterNode, input: Input): void => {
    if (!node.replica) return
    perform(
      node,
      node.replica.handle({ ...input, nowMs: Math.floor(nowMs) + node.clockSkewMs } as ReplicaInput),
    )
  }

  const step = (): boolean => {
    let best = -1
    events.forEach((event, index) => {
      const known = events[best]
      if (!known || event.atMs < known.atMs || (event.atMs === known.atMs && event.order < known.order))
        best = index
    })
    const [event] = best < 0 ? [] : events.splice(best, 1)
    if (!event) return false
    nowMs = Math.max(nowMs, event.atMs)
    event.run()
    return true
  }

  const cluster: Cluster = {
    genesis,
    nodes,
    nowMs: () => nowMs,
    decided,
    intercept: undefined,
    cut: new Set(),
    mute: new Set(),
    framesSent: () => frames,
    start: (index) => {
      const node = nodeAt(index)
      node.incarnation += 1
      node.halted = undefined
      const member = memberOf(index)
      const self = member && { institution: institutionIdOf(member), signer: fakeSigner(member.votingKey) }
      node.replica = createReplica({
        genesis,
        self,
        ports: portsOf(node.disk),
        options: config.options,
        rules: config.rulesOf?.(index),
      })
      handle(node, { type: 'start', wal: node.disk.wal, lastSigned: node.disk.lastSigned })
      for (const other of others(node)) {
        const institutionOf = (who: number) => {
          const found = memberOf(who)
          return found && institutionIdOf(found)
        }
        handle(node, {
          type: 'peer-up',
          peer: peerName(other.index),
          institution: institutionOf(other.index),
        })
        handle(other, { type: 'peer-up', peer: peerName(index), institution: institutionOf(index) })
      }
    },
    crash: (index) => {
      const node = nodeAt(index)
      node.incarnation += 1
      node.replica = undefined
      for (const other of others(node)) handle(other, { type: 'peer-down', peer: peerName(index) })
    },
    wipe: (index) => {
      nodeAt(index).disk = createDisk()
    },
    inject: (index, input) => handle(nodeAt(index), input),
    submit: (index, bytes) => handle(nodeAt(index), { type: 'submit', token: 1, bytes }),
    until: (what, condition, limitMs = 60_000) => {
      const endMs = nowMs + limitMs
      while (!condition()) if (!step() || nowMs > endMs) fail(`never: ${what}`)
    },
    run: (durationMs) => {
      const endMs = nowMs + durationMs
      schedule(durationMs, () => undefined)
      while (nowMs < endMs && step());
    },
  }
  return cluster
}

export const heightOf = (node: ClusterNode): number => node.replica?.status().height ?? -1

export const startAll = (cluster: Cluster): void => {
  for (const { index } of cluster.nodes) cluster.start(index)
}
