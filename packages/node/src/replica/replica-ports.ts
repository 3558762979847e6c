import type { ReplicaPorts, SignatureVerifier } from '@medchain/core'
import type { Logger } from '../logger.ts'
import { type Storage, StorageError } from '../storage/index.ts'

export interface GuardedPorts {
  readonly ports: ReplicaPorts
  /** From now on a damaged block is named in the log and counts as not stored; before, it stops the start. */
  readonly begin: () => void
}

export const createReplicaPorts = (
  storage: Storage,
  { verifier, logger }: { readonly verifier: SignatureVerifier; readonly logger: Logger },
): GuardedPorts => {
  let isRunning = false
  const readBlock = (height: number): Uint8Array | undefined => {
    try {
      return storage.blocks.readBlock(height)
    } catch (error) {
      if (!isRunning || !(error instanceof StorageError)) throw error
      logger.error({ code: error.code, height }, error.message)
      return undefined
    }
  }
  return {
    ports: { blocks: { headHeight: storage.blocks.headHeight, readBlock }, state: storage.state, verifier },
    begin: () => {
      isRunning = true
    },
  }
}
