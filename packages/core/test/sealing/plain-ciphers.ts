import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
  sign,
} from 'node:crypto'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { CipherPort } from '../../src/sealing/index.ts'

type Curve = 'X25519' | 'Ed25519'

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

const publicKey = (crv: Curve, key: Uint8Array) =>
  createPublicKey({ key: { kty: 'OKP', crv, x: base64url(key) }, format: 'jwk' })

const secretKey = (crv: Curve, secret: Uint8Array) => {
  const id = crv === 'X25519' ? '6e' : '70'
  const key = Buffer.concat([Buffer.from(`302e020100300506032b65${id}04220420`, 'hex'), secret])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

const rawPublicKey = (crv: Curve, secret: Uint8Array) => {
  const { x } = createPublicKey(secretKey(crv, secret)).export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(x as string, 'base64url'))
}

/** The sealing room's port without the node package: noble for the hashes, Node.js for the rest. */
export const plainCiphers: CipherPort = {
  randomBytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
  sha256: (bytes) => sha256(bytes),
  createSha256: () => {
    const hash = sha256.create()
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
  },
  hmacSha256: (key, bytes) => hmac(sha256, key, bytes),
  hkdfSha256: (ikm, salt, info, sizeBytes) => hkdf(sha256, ikm, salt, info, sizeBytes),
  aesGcmSeal: (key, nonce, aad, plain) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
    return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
  },
  aesGcmOpen: (key, nonce, aad, sealed) => {
    if (sealed.length < 16) return undefined
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad).setAuthTag(sealed.subarray(-16))
    try {
      return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]))
    } catch {
      return undefined
    }
  },
  x25519: (secret, other) => {
    try {
      const shared = diffieHellman({
        privateKey: secretKey('X25519', secret),
        publicKey: publicKey('X25519', other),
      })
      return new Uint8Array(shared)
    } catch {
      return undefined
    }
  },
  x25519Public: (secret) => rawPublicKey('X25519', secret),
  ed25519Sign: (seed, message) => new Uint8Array(sign(null, message, secretKey('Ed25519', seed))),
  ed25519Public: (seed) => rawPublicKey('Ed25519', seed),
}
