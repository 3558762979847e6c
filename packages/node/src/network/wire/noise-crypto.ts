import { hash } from 'node:crypto'
import { type ICryptoInterface, pureJsCrypto } from '@chainsafe/libp2p-noise'
import sodiumNative from 'sodium-native'

/** What is used of libsodium, which takes any view of memory and may work in place. */
interface Sodium {
  randombytes_buf(out: Uint8Array): void
  crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void
  crypto_scalarmult(shared: Uint8Array, secretKey: Uint8Array, publicKey: Uint8Array): void
  crypto_aead_chacha20poly1305_ietf_encrypt(
    ...args: [
      out: Uint8Array,
      text: Uint8Array,
      ad: Uint8Array,
      nsec: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ]
  ): number
  crypto_aead_chacha20poly1305_ietf_decrypt(
    ...args: [
      out: Uint8Array,
      nsec: null,
      sealed: Uint8Array,
      ad: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array,
    ]
  ): number
}

const sodium = sodiumNative as unknown as Sodium

const KEY_BYTES = 32
const TAG_BYTES = 16

type Bytes = Parameters<ICryptoInterface['chaCha20Poly1305Encrypt']>[0]

/** The bytes in a row at the beginning of memory of their own, `room` bytes longer. */
const copyOf = (bytes: Bytes, room = 0): Uint8Array => {
  const copy = Buffer.allocUnsafe(bytes.byteLength + room)
  let at = 0
  for (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
    copy.set(part, at)
    at += part.byteLength
  }
  return copy
}

const keyPairOf = (privateKey: Uint8Array) => {
  const publicKey = new Uint8Array(KEY_BYTES)
  sodium.crypto_scalarmult_base(publicKey, privateKey)
  return { publicKey, privateKey }
}

/**
 * Noise's primitives by libsodium. Short messages, which votes are, take half as long as with the library's own choice,
 * those of a few KB an eighth: no object is made for each (measured).
 */
export const noiseCrypto: ICryptoInterface = {
  getHKDF: pureJsCrypto.getHKDF,
  hashSHA256: (data) => hash('sha256', data.subarray(), 'buffer'),
  generateX25519KeyPair: () => {
    const secret = new Uint8Array(KEY_BYTES)
    sodium.randombytes_buf(secret)
    return keyPairOf(secret)
  },
  generateX25519KeyPairFromSeed: keyPairOf,
  generateX25519SharedKey: (privateKey, publicKey) => {
    const shared = new Uint8Array(KEY_BYTES)
    // Throws for a point of small order, whose product is zero (RFC 7748 §6.1).
    sodium.crypto_scalarmult(shared, privateKey.subarray(), publicKey.subarray())
    return shared
  },
  chaCha20Poly1305Encrypt: (plaintext, nonce, ad, key) => {
    const out = copyOf(plaintext, TAG_BYTES)
    const text = out.subarray(0, plaintext.byteLength)
    sodium.crypto_aead_chacha20poly1305_ietf_encrypt(out, text, ad, null, nonce, key)
    return out
  },
  chaCha20Poly1305Decrypt: (ciphertext, nonce, ad, key) => {
    if (ciphertext.byteLength < TAG_BYTES) throw new Error('the message has no tag')
    const sealed = copyOf(ciphertext)
    const out = sealed.subarray(0, sealed.length - TAG_BYTES)
    sodium.crypto_aead_chacha20poly1305_ietf_decrypt(out, null, sealed, ad, nonce, key)
    return out
  },
}
