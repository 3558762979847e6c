import { equalBytes } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { institutionsByWeight } from '../governance/custodians.ts'
import { institutionsIn } from '../governance/genesis.ts'
import {
  type MemberChange,
  memberChangesIn,
  memberOrdersAfter,
  memberOrdersAt,
} from '../governance/member-history.ts'

/** Institutions that keep a batch: ciphertext and envelopes with one set, release keys with the other. */
export interface Holders {
  readonly ciphertext: readonly Uint8Array[]
  readonly release: readonly Uint8Array[]
}

const setSize = (institutions: readonly Uint8Array[]): number =>
  Math.min(3, Math.floor(institutions.length / 2))

const rankedFor = (batchId: Uint8Array, institutions: readonly Uint8Array[]): readonly Uint8Array[] =>
  institutionsByWeight('medchain/holder/1', batchId, institutions)

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

const isIn = (ids: readonly Uint8Array[], id: Uint8Array): boolean => ids.some((each) => equalBytes(each, id))

/** Who has come and gone, and who is there now. */
export interface MemberHistory {
  readonly changes: readonly MemberChange[] | undefined
  readonly present: readonly Uint8Array[]
}

export const memberHistoryIn = (view: ReadView): MemberHistory => ({
  changes: memberChangesIn(view),
  present: institutionsIn(view),
})

/** Holders of a batch now, and all that ever may have been, the present ones first. */
export interface HealedHolders {
  readonly now: Holders
  readonly ever: Holders
}

/**
 * Who keeps a batch after all comings and goings since its height (custody C5, C8): whoever left is out of its set, and
 * the best placed of the others that was never in the other set takes the place, release keys first. The author's
 * institution never holds those, and is the first to take ciphertexts. `author` is undefined for a batch that the chain does not have.
 */
export const healedHoldersOf = (
  batchId: Uint8Array,
  { changes, present }: MemberHistory,
  height: number,
  author: Uint8Array | undefined,
): HealedHolders => {
  const orders = memberOrdersAt(changes, present, height)
  const ever = holdersByOrders(batchId, orders, author)
  let now = holdersOf(batchId, orders[0] ?? present, author)
  let { ciphertext: everCiphertext, release: everRelease } = ever
  for (const order of memberOrdersAfter(changes, height)) {
    const size = setSize(order)
    const ranked = rankedFor(batchId, order)
    const isAuthor = (id: Uint8Array): boolean => author !== undefined && equalBytes(author, id)
    // The author's institution can hold nothing else, and leaves the others free to hold release keys.
    const authorFirst = [...ranked.filter(isAuthor), ...ranked.filter((id) => !isAuthor(id))]
    const left = (ids: readonly Uint8Array[]): readonly Uint8Array[] => ids.filter((id) => isIn(order, id))
    const fill = (
      kept: readonly Uint8Array[],
      candidates: readonly Uint8Array[],
      isBarred: (id: Uint8Array) => boolean,
    ): readonly Uint8Array[] => {
      const free = candidates.filter((id) => !isIn(kept, id) && !isBarred(id))
      return [...kept, ...free.slice(0, Math.max(0, size - kept.length))]
    }
    const release = fill(left(now.release), ranked, (id) => isIn(everCiphertext, id) || isAuthor(id))
    everRelease = [...everRelease, ...release.filter((id) => !isIn(everRelease, id))]
    const ciphertext = fill(left(now.ciphertext), authorFirst, (id) => isIn(everRelease, id))
    everCiphertext = [...everCiphertext, ...ciphertext.filter((id) => !isIn(everCiphertext, id))]
    now = { ciphertext, release }
  }
  const firstNow = (side: keyof Holders, all: readonly Uint8Array[]): readonly Uint8Array[] => [
    ...now[side],
    ...all.filter((id) => !isIn(now[side], id)),
  ]
  return {
    now,
    ever: { ciphertext: firstNow('ciphertext', everCiphertext), release: firstNow('release', everRelease) },
  }
}
