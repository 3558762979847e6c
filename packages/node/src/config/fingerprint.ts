import { base32FromBytes, bytesFromBase32, type Result, refuse } from '@medchain/core'

/** A network id in thirteen groups of four letters and digits, to compare by telephone. */
export const fingerprintOf = (networkId: Uint8Array): string =>
  (base32FromBytes(networkId).match(/.{1,4}/g) ?? []).join('-')

/** The network id that a fingerprint stands for, however it is grouped; `genesis.fingerprint` otherwise. */
export const networkIdFromFingerprint = (fingerprint: string): Result<Uint8Array> => {
  const bytes = bytesFromBase32(fingerprint.toLowerCase().replace(/[\s-]/g, ''))
  return bytes.ok && bytes.value.length === 32
    ? bytes
    : refuse('genesis.fingerprint', 'A fingerprint has thirteen groups of four letters and digits.')
}
