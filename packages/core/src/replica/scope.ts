import type { TurnoverMap } from '../collections/index.ts'
import type { Engine, EngineInput } from '../consensus/engine-types.ts'
import type { ConsensusRecord } from '../consensus/records.ts'
import type { PendingTransaction } from '../contracts/execute.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import { hexFromBytes, type Refusal } from '../encoding/index.ts'
import type { Mempool } from '../mempool/mempool.ts'
import type { Fetcher } from '../sync/fetcher.ts'
import type { Chain, ExecutedBlock } from './chain.ts'
import type { LogFields, PeerId, ReplicaEffect, TimerName } from './effects.ts'
import type { LastSigned } from './last-signed.ts'
import type { ReplicaOptions } from './options.ts'
import type { ReplicaPorts, ReplicaSelf } from './ports.ts'
import type { Quarantine } from './quarantine.ts'
import type { BlockSummary } from './replica-api.ts'
import type { RoundPace } from './round-pace.ts'
import type { SigningGuard } from './signing-guard.ts'
import type { Throughput } from './throughput.ts'
import type { BodiesServed, WantedMemory } from './wanted-memory.ts'

/** What the replica remembers beside its parts. */
export interface ReplicaMemory {
  /** Height that the WAL file is for, once it is written. */
  walHeight: number | undefined
  walHeader: Uint8Array
  lastSigned: LastSigned | undefined
  /** Wall clock when the head was decided here. */
  decidedAtMs: number
  checkpointHeight: number
  checkpointAtMs: number
  /** Buckets of the checkpoint under way. */
  checkpointing:
    | { readonly height: number; readonly buckets: ReturnType<Chain['tree']['dirtyBuckets']> }
    | undefined
  /** A good proposal that is early by this clock. */
  held: { readonly hash: Uint8Array; readonly dueMs: number } | undefined
  /** Own transactions that wait to be spread. */
  bundle: Uint8Array[]
  bundleSizeBytes: number
  /** Wall clock from which on the bundle waits for company, and when own transactions that wait are looked through next. */
  bundleSinceMs: number
  regossipAtMs: number
  /** When each own waiting transaction was last spread, by the wall clock, by the name of its id. */
  readonly gossipedAtMs: TurnoverMap<string, number>
  /** Transactions that others sent and that the present state refuses: tried once more after the next block. */
  parked: PendingTransaction[]
  parkedCostUs: number
  readonly peers: Map<PeerId, Uint8Array | undefined>
  /** Blocks of the height in progress that are not whole here. */
  readonly wanted: WantedMemory
  readonly bodiesServed: Map<PeerId, BodiesServed>
  /** When the last heights were decided here. */
  readonly decidedTimesMs: Map<number, number>
  /** Neighbours that no longer have the block above the head, and when the log last said that nobody has. */
  readonly prunedBy: Set<PeerId>
  prunedSaidAtMs: number
  /** Last laggard answer for each neighbour. */
  readonly answeredAtMs: Map<PeerId, number>
  /** What the WAL holds of that height. */
  walRecords: readonly ConsensusRecord[]
  /** Lowest head that each validator reported since the start; undefined once this one may sign. */
  reportedHeads: Map<string, number> | undefined
  /** Whether it is not known what this validator signed: both files are lost, or old copies. */
  isForgetful: boolean
  /** Decided blocks since the start with a signature of this validator that it does not remember. */
  unknownSignatures: number
  /** Whether something was not signed for want of reports. */
  isSilenced: boolean
  summaries: readonly BlockSummary[]
  evidenceCount: number
  /** Warnings of this height that nobody needs twice. */
  readonly warned: Set<string>
  /** Unsupported protocol version of which the log has warned. */
  warnedOfVersion: number | undefined
  isHalted: boolean
  readonly timers: Map<TimerName, { readonly id: number; readonly dueMs: number }>
  lastTimerId: number
}

/** Everything that the parts of a started replica share; `out` and `nowMs` belong to the present input. */
export interface ReplicaScope {
  readonly self: ReplicaSelf | undefined
  readonly ports: ReplicaPorts
  readonly options: ReplicaOptions
  readonly verifier: SignatureVerifier
  readonly chain: Chain
  readonly engine: Engine
  readonly pace: RoundPace
  readonly quarantine: Quarantine
  readonly throughput: Throughput
  readonly mempool: Mempool
  readonly fetcher: Fetcher
  readonly guard: SigningGuard
  /** Blocks executed on the head, by hexadecimal hash. */
  readonly executed: TurnoverMap<string, ExecutedBlock>
  readonly memory: ReplicaMemory
  /** What the engine is to be told next. */
  readonly queue: EngineInput[]
  nowMs: number
  out: ReplicaEffect[]
}

export const log = (
  scope: ReplicaScope,
  level: 'debug' | 'info' | 'warn' | 'error',
  event: string,
  fields: LogFields = {},
): void => {
  scope.out.push({ type: 'log', level, event, fields })
}

/** What somebody else can bring about at will is said once a height, so that nobody fills the disk with it. */
export const warnOnce = (scope: ReplicaScope, event: string, from: string, fields: LogFields): void => {
  const name = `${event}/${String(fields['code'])}/${from}`
  if (scope.memory.warned.has(name)) return
  scope.memory.warned.add(name)
  log(scope, 'warn', event, fields)
}

/** The engine hears of it once the present step is done. */
export const tellEngine = ({ queue }: ReplicaScope, input: EngineInput): void => {
  queue.push(input)
}

/** A few blocks of one height, so that a re-proposal or a decision is not executed again. */
const EXECUTED_MAX = 4

export const keepExecuted = ({ executed }: ReplicaScope, block: ExecutedBlock): void => {
  executed.set(hexFromBytes(block.hash), block)
  for (const name of executed.keys()) if (executed.size > EXECUTED_MAX) executed.delete(name)
}

/** Nothing more happens in this process. */
export const halt = (scope: ReplicaScope, refusal: Refusal): void => {
  scope.memory.isHalted = true
  scope.out.push({ type: 'halt', refusal })
}

export const setTimer = (scope: ReplicaScope, name: TimerName, delayMs: number): void => {
  const { memory, nowMs } = scope
  memory.lastTimerId += 1
  memory.timers.set(name, { id: memory.lastTimerId, dueMs: nowMs + delayMs })
  scope.out.push({ type: 'set-timer', name, id: memory.lastTimerId, delayMs })
}

/** Sets the timer unless it is set for that very moment or an earlier one. */
export const setTimerBy = (scope: ReplicaScope, name: TimerName, dueMs: number): void => {
  const known = scope.memory.timers.get(name)
  if (known === undefined || known.dueMs > dueMs) setTimer(scope, name, Math.max(0, dueMs - scope.nowMs))
}

export const clearTimer = (scope: ReplicaScope, name: TimerName): void => {
  if (scope.memory.timers.delete(name)) scope.out.push({ type: 'clear-timer', name })
}

/** Whether the fired timer is the one that is set; a replaced one may still be under way in the host. */
export const takeTimer = ({ memory }: ReplicaScope, name: TimerName, id: number): boolean => {
  if (memory.timers.get(name)?.id !== id) return false
  return memory.timers.delete(name)
}
