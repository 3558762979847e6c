import { encodeCheckpointMeta } from './open-chain.ts'
import { type ReplicaScope, setTimerBy } from './scope.ts'

const begin = (scope: ReplicaScope): void => {
  const { chain, memory, out } = scope
  const { height } = chain.head()
  const buckets = chain.tree.dirtyBuckets()
  memory.checkpointing = { height, buckets }
  memory.checkpointAtMs = scope.nowMs
  out.push({ type: 'checkpoint', height, buckets, meta: encodeCheckpointMeta(chain) })
}

/** This few blocks before a snapshot's height no checkpoint begins, so that none is under way there. */
const SNAPSHOT_NEAR_BLOCKS = 4

/**
 * State is written every so many blocks or milliseconds, one write at a time; blocks above it are replayed at start.
 * The heights that snapshots are made of get a write of their own (consensus Q70).
 */
export const considerCheckpoint = (scope: ReplicaScope): void => {
  const { chain, memory, options, nowMs } = scope
  const { height } = chain.head()
  const behind = height - memory.checkpointHeight
  if (behind === 0 || memory.checkpointing !== undefined) return
  const every = options.snapshotBlocks
  const pastSnapshot = every > 0 ? height % every : -1
  if (every > 0 && every - pastSnapshot <= SNAPSHOT_NEAR_BLOCKS && behind < 2 * options.checkpointBlocks)
    return
  const dueMs = memory.checkpointAtMs + options.checkpointMs
  if (pastSnapshot === 0 || behind >= options.checkpointBlocks || nowMs >= dueMs) begin(scope)
  else setTimerBy(scope, 'checkpoint', dueMs)
}

/** The host has the checkpoint on disk: its buckets may be read from there. */
export const onCheckpointed = (scope: ReplicaScope, height: number): void => {
  const { memory, chain } = scope
  if (memory.checkpointing?.height !== height) return
  chain.tree.markDurable(memory.checkpointing.buckets)
  memory.checkpointHeight = height
  memory.checkpointing = undefined
  considerCheckpoint(scope)
}
