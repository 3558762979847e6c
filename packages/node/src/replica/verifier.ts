import { createRequire } from 'node:module'
import { nameFromBytes, type SignatureVerifier } from '@medchain/core'

const PUBLIC_KEY_BYTES = 32
const SIGNATURE_BYTES = 64

// RFC 8032 §5.1: 2^255 - 19 and the order of the base point, little-endian.
const FIELD_PRIME = Uint8Array.of(0xed, ...new Array<number>(30).fill(0xff), 0x7f)
const GROUP_ORDER = Uint8Array.from(
  Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex'),
)

/** The canonical encodings of the eight points of small order, sign bit cleared. */
const SMALL_ORDER: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((point) => Uint8Array.from(Buffer.from(point, 'hex')))

/** How the 32 bytes of `bytes` at `from` compare to a number, both little-endian, without the bits that `topMask` clears. */
const compareAt = (bytes: Uint8Array, from: number, number: Uint8Array, topMask: number): number => {
  const top = ((bytes[from + 31] as number) & topMask) - (number[31] as number)
  if (top !== 0) return top
  for (let at = 30; at >= 0; at--) {
    const difference = (bytes[from + at] as number) - (number[at] as number)
    if (difference !== 0) return difference
  }
  return 0
}

const SIGN_CLEARED = 0x7f

/** A point's encoding, the first 32 bytes, with y below the field prime, and not of small order. */
const isAcceptablePoint = (point: Uint8Array): boolean =>
  compareAt(point, 0, FIELD_PRIME, SIGN_CLEARED) < 0 &&
  SMALL_ORDER.every((small) => compareAt(point, 0, small, SIGN_CLEARED) !== 0)

const acceptableKeys = new Map<string, boolean>()
const KEYS_REMEMBERED_MAX = 10_000

const isAcceptableKey = (publicKey: Uint8Array): boolean => {
  const name = nameFromBytes(publicKey)
  const known = acceptableKeys.get(name)
  if (known !== undefined) return known
  if (acceptableKeys.size >= KEYS_REMEMBERED_MAX) acceptableKeys.clear()
  const isAcceptable = isAcceptablePoint(publicKey)
  acceptableKeys.set(name, isAcceptable)
  return isAcceptable
}

/** Whether the cofactorless equation holds, for a point and a scalar that are canonical. */
type EquationCheck = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/**
 * Ed25519 under the network's one predicate (ADR 002): S below the group order, A and R canonical and not of small
 * order, and the cofactorless equation, which `holds` checks.
 */
export const createVerifier = (holds: EquationCheck): SignatureVerifier => ({
  verify: (publicKey, message, signature) => {
    if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
    if (compareAt(signature, 32, GROUP_ORDER, 0xff) >= 0) return false
    if (!isAcceptableKey(publicKey) || !isAcceptablePoint(signature)) return false
    return holds(publicKey, message, signature)
  },
})

/** The binding takes any view of bytes; only its types ask for buffers. */
const asBuffer = (bytes: Uint8Array): Buffer => bytes as Buffer

type Sodium = typeof import('sodium-native')

let sodium: Sodium | undefined

/** Loaded when first needed: a command that verifies nothing starts without it. */
const loadSodium = (): Sodium => {
  sodium ??= createRequire(import.meta.url)('sodium-native') as Sodium
  return sodium
}

/** The predicate with libsodium's equation. */
export const signatureVerifier = createVerifier((publicKey, message, signature) =>
  loadSodium().crypto_sign_verify_detached(asBuffer(signature), asBuffer(message), asBuffer(publicKey)),
)
