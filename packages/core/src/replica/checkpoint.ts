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

/** State is written every so many blocks or milliseconds, one write at a time; blocks above it are replayed at start. */
export const considerCheckpoint = (scope: ReplicaScope): void => {
  const { chain, memory, options, nowMs } = scope
  const behind = chain.head().height - memory.checkpointHeight
  if (behind === 0 || memory.checkpointing !== undefined) return
  const dueMs = memory.checkpointAtMs + options.checkpointMs
  if (behind >= options.checkpointBlocks || nowMs >= dueMs) begin(scope)
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
