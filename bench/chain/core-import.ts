import {
  answerRequest,
  type Bucket,
  createReplica,
  decodeSyncRequest,
  encodeSyncResponse,
  type Genesis,
  type ReplicaEffect,
  type ReplicaInput,
  type StoredBlock,
  unwrap,
} from '@medchain/core'
import { signatureVerifier } from '../../packages/node/src/replica/verifier.ts'

type Untimed = ReplicaInput extends infer I ? (I extends unknown ? Omit<I, 'nowMs'> : never) : never

export interface ImportCost {
  /** Processor time, so that other work of the machine does not count. */
  readonly seconds: number
  /** Longest that one input kept the thread. */
  readonly longestMs: number
  readonly inputs: number
}

/** What a replica without a disk takes to import the blocks from one neighbour. */
export const measureImport = (genesis: Genesis, blocks: readonly StoredBlock[]): ImportCost => {
  const buckets = new Map<number, Bucket>()
  const replica = createReplica({
    genesis,
    ports: {
      blocks: { headHeight: () => 0, readBlock: () => undefined },
      state: {
        readBucket: (index) => buckets.get(index) ?? [],
        checkpoint: () => undefined,
        occupied: () => [],
      },
      verifier: signatureVerifier,
    },
  })
  const nowMs = genesis.timeMs + 10_000_000
  const waiting: Untimed[] = [
    { type: 'start', wal: undefined, lastSigned: undefined },
    { type: 'peer-up', peer: 'p', institution: undefined },
  ]
  let cost: ImportCost = { seconds: 0, longestMs: 0, inputs: 0 }
  const serve = (effect: ReplicaEffect): void => {
    if (effect.type === 'halt') throw new Error(effect.refusal.code)
    if (effect.type === 'checkpoint') {
      for (const [index, bucket] of effect.buckets) buckets.set(index, bucket)
      waiting.push({ type: 'checkpointed', height: effect.height })
    }
    if (effect.type !== 'sync-request') return
    const request = unwrap(decodeSyncRequest(effect.bytes))
    const answer = answerRequest(request, blocks.length, (height) => blocks[height - 1]?.bytes)
    waiting.push({ type: 'sync-response', from: 'p', token: effect.token, bytes: encodeSyncResponse(answer) })
  }
  while (waiting.length > 0) {
    const input = waiting.shift() as Untimed
    const startedAt = performance.now()
    const cpu = process.cpuUsage()
    const effects = replica.handle({ ...input, nowMs } as ReplicaInput)
    const tookMs = performance.now() - startedAt
    const { user, system } = process.cpuUsage(cpu)
    cost = {
      seconds: cost.seconds + (user + system) / 1e6,
      longestMs: Math.max(cost.longestMs, tookMs),
      inputs: cost.inputs + 1,
    }
    effects.forEach(serve)
    if (replica.status().height === blocks.length) break
  }
  if (replica.status().height !== blocks.length) throw new Error(`stopped at ${replica.status().height}`)
  return cost
}
