import { combine, split } from 'shamir-secret-sharing'
import { hashTagged } from '../crypto/index.ts'
import { assertInvariant, concatBytes, equalBytes, ok, type Result } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'

/** What of a split secret may be public: nobody learns a share or the secret from it. */
export interface ShareSet {
  /** Random or unique, 32 bytes: a share of one set is none of another. */
  readonly setId: Uint8Array
  /** So many shares open the secret, fewer tell nothing. */
  readonly threshold: number
  /** One a holder, in the order of the holders. */
  readonly digests: readonly Uint8Array[]
}

/** A share as its holder gave it. */
export interface GivenShare {
  /** Which holder, from 0. */
  readonly position: number
  readonly share: Uint8Array
}

export const SHARES_MAX = 255

const assertSplit = (secret: Uint8Array, count: number, threshold: number): void => {
  assertInvariant(secret.length > 0, 'no secret to split')
  assertInvariant(
    Number.isInteger(count) && Number.isInteger(threshold) && threshold >= 1,
    'threshold of shares',
  )
  assertInvariant(threshold <= count && count <= SHARES_MAX, 'number of shares')
}

/** The library takes plain arrays of its own, and no subclass. */
const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes)

/**
 * Shamir shares of a secret over GF(2⁸), each one byte longer than it. The library draws coefficients from the
 * host's generator (WebCrypto or node:crypto): it has no port for them, and a seeded split would be worth nothing.
 * It does not do a threshold of one, where each share is the secret itself.
 */
export const splitSecret = async (
  secret: Uint8Array,
  options: { readonly setId: Uint8Array; readonly count: number; readonly threshold: number },
): Promise<{ readonly set: ShareSet; readonly shares: readonly Uint8Array[] }> => {
  const { setId, count, threshold } = options
  assertSplit(secret, count, threshold)
  const shares =
    threshold === 1
      ? Array.from({ length: count }, (_, index) => concatBytes(secret, Uint8Array.of(index + 1)))
      : await split(plain(secret), count, threshold)
  return { set: { setId, threshold, digests: shares.map((share) => shareDigestOf(setId, share)) }, shares }
}

/** What a share is committed to with, 32 bytes. Shares of random secrets cannot be guessed from it. */
export const shareDigestOf = (setId: Uint8Array, share: Uint8Array): Uint8Array =>
  hashTagged('medchain/secret-share/1', setId, share)

/** Whether this is the share that was committed to for the holder at `position`. */
export const verifyShare = (set: ShareSet, { position, share }: GivenShare): boolean => {
  const digest = set.digests[position]
  return digest !== undefined && equalBytes(digest, shareDigestOf(set.setId, share))
}

/** Positions of holders that gave anything but their share, ascending: those who lie, or whose disk does. */
export const falseSharesOf = (set: ShareSet, given: readonly GivenShare[]): readonly number[] =>
  [...new Set(given.filter((one) => !verifyShare(set, one)).map(({ position }) => position))].sort(
    (left, right) => left - right,
  )

/**
 * The secret from the true ones among the given shares; false ones are left out. `share.false` when too few remain
 * and some were false (holders are named by position, from 1), `share.too-few`, or `share.mismatch` when the shares
 * are those committed to and yet `isSecret` refuses what they open: then whoever split it lied.
 */
export const combineShares = async (
  set: ShareSet,
  given: readonly GivenShare[],
  isSecret: (secret: Uint8Array) => boolean,
): Promise<Result<Uint8Array>> => {
  const held = new Map(given.filter((one) => verifyShare(set, one)).map((one) => [one.position, one.share]))
  if (held.size < set.threshold) {
    const liars = falseSharesOf(set, given).filter((position) => !held.has(position))
    return liars.length > 0
      ? refuseSealing('share.false', `from holder ${liars.map((position) => position + 1).join(', ')}`)
      : refuseSealing('share.too-few', `${held.size} of ${set.threshold}`)
  }
  const shares = [...held.values()].slice(0, set.threshold).map(plain)
  const secret = await opened(shares)
  return secret !== undefined && isSecret(secret) ? ok(secret) : refuseSealing('share.mismatch')
}

const opened = async (shares: readonly Uint8Array[]): Promise<Uint8Array | undefined> => {
  if (shares.length === 1) return shares[0]?.slice(0, -1)
  try {
    return await combine([...shares])
  } catch {
    return undefined
  }
}
