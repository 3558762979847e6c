import { performance } from 'node:perf_hooks'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { createNetwork } from '../../src/network/network.ts'
import type {
  LivenessOptions,
  Member,
  Network,
  NetworkClock,
  NetworkMetrics,
} from '../../src/network/port.ts'

export const clock: NetworkClock = {
  now: () => performance.now(),
  setTimer(ms, f) {
    const timer = setTimeout(f, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves when `condition` holds, polling; rejects with `what` when it still does not after `boundMs`. */
export const until = async (what: string, condition: () => boolean, boundMs = 20_000): Promise<number> => {
  const startMs = performance.now()
  while (!condition()) {
    if (performance.now() - startMs > boundMs) throw new Error(`not within ${boundMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - startMs
}

export interface TestMetrics extends NetworkMetrics {
  value(name: string): number
}

export const createTestMetrics = (): TestMetrics => {
  const values = new Map<string, number>()
  const value = (name: string): number => values.get(`medchain_network_${name}`) ?? 0
  return {
    counter: (name) => ({ add: (n) => values.set(name, (values.get(name) ?? 0) + n) }),
    gauge: (name) => ({ set: (n) => values.set(name, n) }),
    value,
  }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn'
  readonly fields: Record<string, unknown>
  readonly message: string
}

export interface TestNode {
  readonly network: Network
  readonly institution: string
  readonly metrics: TestMetrics
  readonly lines: LogLine[]
  /** Port 0 the first time; the port it got from then on. */
  readonly address: string
}

export interface World {
  readonly members: Member[]
  readonly nodes: TestNode[]
  /** Starts a node for member `index`, or for nobody the others know when `index` is out of range. */
  startNode(index: number, options?: { liveness?: Partial<LivenessOptions> }): Promise<TestNode>
  institution(index: number): string
  seed(index: number): Uint8Array
  waitForMesh(boundMs?: number): Promise<number>
  close(): Promise<void>
}

export const NETWORK_ID = new Uint8Array(32).fill(7)

const institutionOf = (index: number): string => (index + 1).toString(16).padStart(64, '0')
const seedOf = (index: number): Uint8Array => new Uint8Array(32).fill(index + 1)

/** `count` members on loopback that all know each other; the first `validators` of them vote. */
export const createWorld = async (count: number, validators = count): Promise<World> => {
  const members: Member[] = []
  const nodes: TestNode[] = []
  for (let index = 0; index < count; index += 1) {
    const key = await generateKeyPairFromSeed('Ed25519', seedOf(index))
    members.push({
      institution: institutionOf(index),
      nodeKey: key.publicKey.raw,
      addresses: [],
      isValidator: index < validators,
    })
  }

  const startNode: World['startNode'] = async (index, options = {}) => {
    const metrics = createTestMetrics()
    const lines: LogLine[] = []
    const log = (level: LogLine['level']) => (fields: object, message: string) => {
      lines.push({ level, fields: { ...fields }, message })
    }
    const network = createNetwork({
      privateKeySeed: seedOf(index),
      networkId: NETWORK_ID,
      listen: [members[index]?.addresses[0] ?? '/ip4/127.0.0.1/tcp/0'],
      directory: { members: () => members },
      logger: { debug: log('debug'), info: log('info'), warn: log('warn') },
      metrics,
      clock,
      ...options,
    })
    await network.start()
    const address = network.listenAddresses()[0]?.replace(/\/p2p\/.*$/, '') ?? ''
    const member = members[index]
    if (member !== undefined) members[index] = { ...member, addresses: [address] }
    const node = { network, institution: institutionOf(index), metrics, lines, address }
    nodes.push(node)
    return node
  }

  const isMeshed = (node: TestNode): boolean => node.network.peers().every((peer) => peer.connected)

  return {
    members,
    nodes,
    startNode,
    institution: institutionOf,
    seed: seedOf,
    waitForMesh: (boundMs) => until('a full mesh', () => nodes.every(isMeshed), boundMs),
    async close() {
      await Promise.all(nodes.map((node) => node.network.close()))
    },
  }
}

/** A world whose nodes all run and are all connected. */
export const startWorld = async (
  count: number,
  options: { validators?: number; liveness?: Partial<LivenessOptions> } = {},
): Promise<World> => {
  const world = await createWorld(count, options.validators)
  for (let index = 0; index < count; index += 1)
    await world.startNode(index, options.liveness === undefined ? {} : { liveness: options.liveness })
  await world.waitForMesh()
  return world
}

export const nodeAt = (world: World, index: number): TestNode => {
  const node = world.nodes[index]
  if (node === undefined) throw new Error(`no node ${index}`)
  return node
}
