import type { RecoveryTerms } from '../contracts/index.ts'
import { equalBytes, ok, type Result } from '../encoding/index.ts'
import { accountIdFromInception } from '../identity/index.ts'
import type { CipherPort } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { combineShares, type GivenShare, type ShareSet, splitSecret } from './secret-shares.ts'

const KEY_BYTES = 32

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, index) => byte ^ (b[index] as number))

export interface HalfSizes {
  readonly count: number
  readonly threshold: number
}

/** Shares of a recovery's sealing secret, with their digests for the chain, in the order of those who keep them. */
export interface RecoveryShares {
  readonly guardians: { readonly shares: readonly Uint8Array[]; readonly digests: readonly Uint8Array[] }
  readonly custodians: { readonly shares: readonly Uint8Array[]; readonly digests: readonly Uint8Array[] }
}

const NO_SHARES = { shares: [], digests: [] }

/**
 * Splits a recovery's secret (recovery RV2): XOR into a guardians' and a custodians' half, each shared. Neither half
 * tells anything of the secret alone; without guardians the custodians' half is the secret.
 */
export const splitRecoverySecret = async (
  secret: Uint8Array,
  recoveryId: Uint8Array,
  sizes: { readonly guardians: HalfSizes; readonly custodians: HalfSizes },
  port: Pick<CipherPort, 'randomBytes'>,
): Promise<RecoveryShares> => {
  const hasGuardians = sizes.guardians.count > 0
  const guardiansHalf = hasGuardians ? port.randomBytes(KEY_BYTES) : new Uint8Array(KEY_BYTES)
  const share = async (half: Uint8Array, size: HalfSizes) => {
    const { set, shares } = await splitSecret(half, { setId: recoveryId, ...size })
    return { shares, digests: set.digests }
  }
  return {
    guardians: hasGuardians ? await share(guardiansHalf, sizes.guardians) : NO_SHARES,
    custodians: await share(xor(secret, guardiansHalf), sizes.custodians),
  }
}

/** What of a recovery on the chain says who keeps which share. */
export type SharedRecovery = Pick<
  RecoveryTerms,
  'inception' | 'guardians' | 'guardianThreshold' | 'custodians' | 'custodianThreshold'
>

/** The digests of a recovery's shares, as the chain has them. */
export const shareSetsOf = (
  recovery: SharedRecovery,
): { readonly guardians: ShareSet; readonly custodians: ShareSet } => {
  const setId = accountIdFromInception(recovery.inception)
  const digests = (keepers: readonly { readonly shareDigest: Uint8Array }[]) =>
    keepers.map(({ shareDigest }) => shareDigest)
  return {
    guardians: {
      setId,
      threshold: recovery.guardianThreshold,
      digests: digests(recovery.guardians),
    },
    custodians: {
      setId,
      threshold: recovery.custodianThreshold,
      digests: digests(recovery.custodians),
    },
  }
}

/**
 * The recovery's secret from enough true shares of both halves, checked against its public key. `share.too-few`,
 * `share.false` with the place of whoever gave it, or `share.mismatch`.
 */
export const combineRecoverySecret = async (
  recovery: SharedRecovery,
  given: { readonly guardians: readonly GivenShare[]; readonly custodians: readonly GivenShare[] },
  port: Pick<CipherPort, 'x25519Public'>,
): Promise<Result<Uint8Array>> => {
  const sets = shareSetsOf(recovery)
  const isHalf = (half: Uint8Array): boolean => half.length === KEY_BYTES
  const guardiansHalf =
    recovery.guardians.length === 0
      ? ok(new Uint8Array(KEY_BYTES))
      : await combineShares(sets.guardians, given.guardians, isHalf)
  if (!guardiansHalf.ok) return guardiansHalf
  const custodiansHalf = await combineShares(sets.custodians, given.custodians, isHalf)
  if (!custodiansHalf.ok) return custodiansHalf
  const secret = xor(guardiansHalf.value, custodiansHalf.value)
  return equalBytes(port.x25519Public(secret), recovery.inception.sealingKey)
    ? ok(secret)
    : refuseSealing('share.mismatch')
}
