import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  type KeyObject,
  randomFillSync,
  sign,
} from 'node:crypto'
import { assertInvariant, type CipherPort, equalBytes, NONCE_BYTES, TAG_BYTES } from '@medchain/core'
import { hkdfSha256, hmacSha256 } from './hmac.ts'

const AES_256_GCM = 'aes-256-gcm'

/** A Buffer's own bytes as a plain Uint8Array, so that nothing depends on Buffer's methods. */
const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)

// RFC 8410 §7 and §4: the fixed DER before the 32 key bytes.
const DER = {
  x25519Secret: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  x25519Public: Buffer.from('302a300506032b656e032100', 'hex'),
  ed25519Secret: Buffer.from('302e020100300506032b657004220420', 'hex'),
}

const secretKeyOf = (prefix: Buffer, secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' })

interface KnownSeed {
  readonly copy: Uint8Array
  readonly key: KeyObject
}

const knownSeeds = new WeakMap<Uint8Array, KnownSeed>()

/** Making a key object costs more than a signature: it is kept as long as its seed is, and lies as it did. */
const signingKeyOf = (seed: Uint8Array): KeyObject => {
  const known = knownSeeds.get(seed)
  if (known && equalBytes(known.copy, seed)) return known.key
  const key = secretKeyOf(DER.ed25519Secret, seed)
  knownSeeds.set(seed, { copy: seed.slice(), key })
  return key
}

const rawPublicKey = (secret: KeyObject): Uint8Array => {
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return plain(der.subarray(der.length - 32))
}

// Bytes as a key cost three times as much as a key object: Node.js finds out what they are by exceptions (measured).
const aesKeyOf = (key: Uint8Array): KeyObject => createSecretKey(key)

const aesGcmSeal: CipherPort['aesGcmSeal'] = (key, nonce, aad, content) => {
  assertInvariant(nonce.length === NONCE_BYTES, 'an AES-GCM nonce has 12 bytes')
  const cipher = createCipheriv(AES_256_GCM, aesKeyOf(key), nonce)
  if (aad.length > 0) cipher.setAAD(aad)
  const out = new Uint8Array(content.length + TAG_BYTES)
  out.set(cipher.update(content))
  cipher.final()
  out.set(cipher.getAuthTag(), content.length)
  return out
}

const aesGcmOpen: CipherPort['aesGcmOpen'] = (key, nonce, aad, sealed) => {
  assertInvariant(nonce.length === NONCE_BYTES, 'an AES-GCM nonce has 12 bytes')
  if (sealed.length < TAG_BYTES) return undefined
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(AES_256_GCM, aesKeyOf(key), nonce, { authTagLength: TAG_BYTES })
  if (aad.length > 0) decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  const content = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plain(content)
}

const DRAWN_BYTES = 4096
const drawn = new Uint8Array(DRAWN_BYTES)
let drawnAt = DRAWN_BYTES

/** A draw from the system takes longer than a seal: of short ones many are drawn at once, and none stays behind. */
const drawBytes = (sizeBytes: number): Uint8Array => {
  if (sizeBytes > DRAWN_BYTES / 4) return randomFillSync(new Uint8Array(sizeBytes))
  if (drawnAt + sizeBytes > DRAWN_BYTES) {
    randomFillSync(drawn)
    drawnAt = 0
  }
  const end = drawnAt + sizeBytes
  const bytes = drawn.slice(drawnAt, end)
  drawn.fill(0, drawnAt, end)
  drawnAt = end
  return bytes
}

const x25519: CipherPort['x25519'] = (secretKey, publicKey) => {
  if (publicKey.length !== 32) return undefined
  const key = Buffer.concat([DER.x25519Public, publicKey])
  try {
    const shared = diffieHellman({
      privateKey: secretKeyOf(DER.x25519Secret, secretKey),
      publicKey: createPublicKey({ key, format: 'der', type: 'spki' }),
    })
    return shared.every((byte) => byte === 0) ? undefined : plain(shared)
  } catch {
    // OpenSSL itself refuses an all-zero shared secret (RFC 7748 §6.1).
    return undefined
  }
}

/** The sealing room's primitives by node:crypto. */
export const nodeCiphers: CipherPort = {
  randomBytes: drawBytes,
  sha256: (bytes) => plain(hash('sha256', bytes, 'buffer')),
  createSha256: () => {
    const state = createHash('sha256')
    return { update: (bytes) => void state.update(bytes), digest: () => plain(state.digest()) }
  },
  hmacSha256,
  hkdfSha256,
  aesGcmSeal,
  aesGcmOpen,
  x25519,
  x25519Public: (secretKey) => rawPublicKey(secretKeyOf(DER.x25519Secret, secretKey)),
  ed25519Sign: (seed, message) => plain(sign(null, message, signingKeyOf(seed))),
  ed25519Public: (seed) => rawPublicKey(secretKeyOf(DER.ed25519Secret, seed)),
}
