import type { SealedRecord, SealedRelease } from '@medchain/core'

/** What is sealed, before it is signed and sent. */
export interface SealedContents {
  readonly items: readonly SealedRecord[]
  /** Empty for an uploaded one. */
  readonly ciphertexts: readonly Uint8Array[]
  readonly releases: readonly SealedRelease[]
  readonly uploadId: Uint8Array | undefined
}
