import type { ReplicaInput } from '@medchain/core'

type WithoutTime<T> = T extends unknown ? Omit<T, 'nowMs'> : never

/** An input before the queue reads the clock for it. */
export type UntimedInput = WithoutTime<ReplicaInput>
