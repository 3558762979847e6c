import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { decodeCommittedBlock } from '../ledger/block.ts'
import { EXPIRY_AHEAD_MS_MAX } from '../ledger/transaction.ts'
import { validatorsAt } from '../proofs/handover.ts'
import type { SoundManifest } from './snapshot-manifest.ts'
import { validateCommitted } from './validate-committed.ts'

/** Takes the blocks that come with a snapshot, lowest first. */
export interface RecentBlocks {
  /** Height of the block that is to come next. */
  readonly next: () => number
  readonly isComplete: () => boolean
  /** `snapshot.bad-block` for what is not the next block, `snapshot.short-window` when the first one is too young. */
  readonly add: (bytes: Uint8Array) => Result<void>
}

const BAD = refuse('snapshot.bad-block', 'The block is not the one of the snapshot’s chain at this height.')

/**
 * Each block has to stand on the one before it and under its own certificate, the last one to be the manifest’s. Their
 * span must reach back ten minutes of block time or to height 1, so that no transaction can be repeated.
 */
export const createRecentBlocks = (
  { manifest, hash: lastHash, eras }: SoundManifest,
  networkId: Uint8Array,
  verifier: SignatureVerifier,
): RecentBlocks => {
  const { header: last, recentBlocks } = manifest
  let next = recentBlocks.fromHeight
  let parentHash: Uint8Array | undefined = next === 1 ? networkId : undefined

  const isCovering = (timeMs: number): boolean =>
    next > recentBlocks.fromHeight || next === 1 || timeMs + EXPIRY_AHEAD_MS_MAX <= last.timeMs

  return {
    next: () => next,
    isComplete: () => next > recentBlocks.toHeight,
    add: (bytes) => {
      const decoded = decodeCommittedBlock(bytes)
      if (!decoded.ok) return BAD
      const { header } = decoded.value.block
      const proven = validateCommitted(decoded.value, networkId, validatorsAt(eras, header.height), verifier)
      const isNext =
        proven.ok &&
        header.height === next &&
        (parentHash === undefined || equalBytes(header.parentHash, parentHash)) &&
        (next < recentBlocks.toHeight || equalBytes(proven.value.hash, lastHash))
      if (!isNext || next > recentBlocks.toHeight) return BAD
      if (!isCovering(header.timeMs))
        return refuse('snapshot.short-window', 'The snapshot lacks blocks of the last ten minutes.')
      parentHash = proven.value.hash
      next += 1
      return ok(undefined)
    },
  }
}
