import { hashTagged } from '../../crypto/hash.ts'
import { compareBytes } from '../../encoding/index.ts'

/** Institutions that keep a batch: ciphertext and envelopes with one set, release keys with the other. */
export interface Holders {
  readonly ciphertext: readonly Uint8Array[]
  readonly release: readonly Uint8Array[]
}

/**
 * Two disjoint sets of min(3, ⌊n/2⌋) institutions by rendezvous hashing over the batch id, the best placed
 * first in each.
 */
export const holdersOf = (batchId: Uint8Array, institutions: readonly Uint8Array[]): Holders => {
  const size = Math.min(3, Math.floor(institutions.length / 2))
  const ranked = institutions
    .map((institution) => ({ institution, weight: hashTagged('medchain/holder/1', batchId, institution) }))
    .sort((a, b) => compareBytes(a.weight, b.weight))
    .map(({ institution }) => institution)
  return { ciphertext: ranked.slice(0, size), release: ranked.slice(size, size * 2) }
}
