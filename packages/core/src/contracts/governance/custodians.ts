import { type HashTag, hashTagged } from '../../crypto/hash.ts'
import { compareBytes, equalBytes } from '../../encoding/index.ts'

/** Institutions by the hash of `subject` and their id, the best placed first (rendezvous hashing). */
export const institutionsByWeight = (
  tag: HashTag,
  subject: Uint8Array,
  institutions: readonly Uint8Array[],
): readonly Uint8Array[] =>
  institutions
    .map((institution) => ({ institution, weight: hashTagged(tag, subject, institution) }))
    .sort((a, b) => compareBytes(a.weight, b.weight))
    .map(({ institution }) => institution)

export const CUSTODIANS_MAX = 5

/**
 * Up to five institutions that each keep a share of a secret, and how many of them open it: more than half. `subject`
 * is what the secret is for (a chart, a recovery); `without` are those who keep the rest of it or vouch for it.
 */
export const custodiansOf = (
  subject: Uint8Array,
  institutions: readonly Uint8Array[],
  without: readonly Uint8Array[] = [],
): { readonly custodians: readonly Uint8Array[]; readonly threshold: number } => {
  const eligible = institutions.filter((id) => !without.some((other) => equalBytes(id, other)))
  const custodians = institutionsByWeight('medchain/custodian/1', subject, eligible).slice(0, CUSTODIANS_MAX)
  return { custodians, threshold: Math.floor(custodians.length / 2) + 1 }
}
