import type { ReplicaPorts, SignatureVerifier } from '@medchain/core'
import { type Storage, StorageError } from '../storage/index.ts'

/** The disk as the replica sees it: a damaged block counts as not stored; `readBlock` has named it. */
export const createReplicaPorts = (
  { blocks, state }: Pick<Storage, 'blocks' | 'state'>,
  verifier: SignatureVerifier,
  readBlock: (height: number) => Uint8Array | undefined,
): ReplicaPorts => ({
  blocks: {
    headHeight: blocks.headHeight,
    readBlock: (height) => {
      try {
        return readBlock(height)
      } catch (error) {
        if (error instanceof StorageError) return undefined
        throw error
      }
    },
  },
  state,
  verifier,
})
