import { equalBytes } from '../../encoding/index.ts'
import { institutionsByWeight } from '../governance/custodians.ts'

/** Institutions that keep a batch: ciphertext and envelopes with one set, release keys with the other. */
export interface Holders {
  readonly ciphertext: readonly Uint8Array[]
  readonly release: readonly Uint8Array[]
}

/**
 * Two disjoint sets of min(3, ⌊n/2⌋) institutions by rendezvous hashing over the batch id, the best placed
 * first in each. The author's institution, which can open k1 of what it wrote, never holds release keys to
 * it: no disk alone opens a record. `author` is undefined for a batch that the chain does not have.
 */
export const holdersOf = (
  batchId: Uint8Array,
  institutions: readonly Uint8Array[],
  author: Uint8Array | undefined,
): Holders => {
  const size = Math.min(3, Math.floor(institutions.length / 2))
  const ranked = institutionsByWeight('medchain/holder/1', batchId, institutions)
  const release = ranked.filter((id) => author === undefined || !equalBytes(id, author)).slice(0, size)
  return { ciphertext: ranked.filter((id) => !release.includes(id)).slice(0, size), release }
}

/** Whom to ask for a batch, best first: its holders, and behind them those of the orders before. */
export const holdersByOrders = (
  batchId: Uint8Array,
  orders: readonly (readonly Uint8Array[])[],
  author: Uint8Array | undefined,
): Holders => {
  const sets = orders.map((institutions) => holdersOf(batchId, institutions, author))
  const merged = (side: keyof Holders): readonly Uint8Array[] => [
    ...new Map(sets.flatMap((set) => set[side].map((id) => [id.join(), id]))).values(),
  ]
  return { ciphertext: merged('ciphertext'), release: merged('release') }
}
