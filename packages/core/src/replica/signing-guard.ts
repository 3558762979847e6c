import { comparePositions, type SigningPosition } from '../consensus/signing-position.ts'
import type { Signer } from '../crypto/signature.ts'

/** Signs at increasing positions only (consensus Q42), and not at all where this validator may have signed before. */
export interface SigningGuard {
  readonly sign: (position: SigningPosition, message: Uint8Array) => Uint8Array | undefined
  /** The highest position signed before a restart. */
  readonly resumeAt: (position: SigningPosition) => void
  /** No signature at or below this height; `reason` is shown to the operator. */
  readonly abstainUpTo: (height: number, reason: string) => void
  /** Why nothing is signed at this height, if so. */
  readonly reasonAt: (height: number) => string | undefined
}

export const createSigningGuard = (signer: Signer | undefined): SigningGuard => {
  let last: SigningPosition | undefined
  let abstain = { height: -1, reason: '' }
  return {
    sign: (position, message) => {
      if (signer === undefined || position.height <= abstain.height) return undefined
      if (last !== undefined && comparePositions(position, last) <= 0) return undefined
      last = position
      return signer.sign(message)
    },
    resumeAt: (position) => {
      if (last === undefined || comparePositions(position, last) > 0) last = position
    },
    abstainUpTo: (height, reason) => {
      if (height > abstain.height) abstain = { height, reason }
    },
    reasonAt: (height) => (height <= abstain.height ? abstain.reason : undefined),
  }
}
