import type { Genesis, Refusal, ReplicaOptions } from '@medchain/core'
import type { RegisterRoutes } from './api/index.ts'
import type { Clock } from './clock.ts'
import type { NodeConfig, NodeKeys, NodePaths } from './config/index.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics/index.ts'
import type { RoomFactory } from './room.ts'

export interface NodeOptions {
  readonly paths: NodePaths
  readonly config: NodeConfig
  readonly genesis: Genesis
  readonly keys: NodeKeys
  /** Routes of other rooms. */
  readonly registerRoutes?: readonly RegisterRoutes[]
  /** Other rooms, started in this order after the ledger and closed in the opposite one. */
  readonly rooms?: readonly RoomFactory[]
  readonly replica?: Partial<ReplicaOptions>
  /** How long a start waits for the others to supply blocks that are damaged here; 60 s. */
  readonly healTimeoutMs?: number
  /** How long an empty home waits for members that hand on a snapshot; 30 s. */
  readonly snapshotPatienceMs?: number
}

export interface NodeParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** The node cannot go on; whoever started it closes it and ends the process. */
  readonly onHalt: (refusal: Refusal) => void
}
