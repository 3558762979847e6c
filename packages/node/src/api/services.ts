import type { Genesis, SignatureVerifier, Signer } from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { NodeConfig, NodeKeys, NodePaths } from '../config/index.ts'
import type { Logger } from '../logger.ts'
import type { Handovers } from '../membership/handovers.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Network } from '../network/index.ts'
import type { Ledger } from '../replica/index.ts'

/** What a room of the daemon may use of the others. */
export interface NodeServices {
  readonly paths: NodePaths
  readonly config: NodeConfig
  readonly genesis: Genesis
  readonly networkId: Uint8Array
  /** Account id of this node's institution. */
  readonly institution: Uint8Array
  /** The institution's secrets; never to be logged. */
  readonly keys: NodeKeys
  /** Signs the institution's transactions and statements. */
  readonly signer: Signer
  readonly verifier: SignatureVerifier
  readonly ledger: Ledger
  readonly network: Network
  readonly handovers: Handovers
  readonly clock: Clock
  /** How far the own clock is ahead of the newest blocks, below 0 when behind; undefined when not known. */
  readonly clockSkewMs: () => number | undefined
  readonly logger: Logger
  readonly metrics: Metrics
}
