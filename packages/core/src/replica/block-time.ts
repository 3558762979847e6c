import type { ReplicaScope } from './scope.ts'

/** Earliest time that a block above the head may carry. */
export const blockTimeFloor = ({ chain }: ReplicaScope): number => {
  const { timeMs, parameters } = chain.head()
  return timeMs + Math.max(1, parameters.blockIntervalMs)
}

/** When a block of round 0 may first be proposed: by its time or, with a slow clock, by the interval since the last. */
export const readyAt = (scope: ReplicaScope): number => {
  const interval = Math.max(1, scope.chain.head().parameters.blockIntervalMs)
  return Math.min(blockTimeFloor(scope), scope.memory.decidedAtMs + interval)
}
