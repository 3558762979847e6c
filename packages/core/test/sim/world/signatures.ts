import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import {
  type HashFunction,
  installSha256,
  type SignatureVerifier,
  type Signer,
} from '../../../src/crypto/index.ts'
import { bytesFromText, concatBytes, equalBytes, hexFromBytes } from '../../../src/encoding/index.ts'

/** Through text, which node:crypto hands over at a third of what a buffer costs (measured). */
const sha256Into: HashFunction = (bytes, target, at) => {
  const text = hash('sha256', bytes, 'binary')
  for (let byte = 0; byte < 32; byte++) target[at + byte] = text.charCodeAt(byte)
}
installSha256(sha256Into)

export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const digest = new Uint8Array(32)
  sha256Into(bytes, digest, 0)
  return digest
}

/** 32 bytes that stand for a name. */
export const bytesOf = (name: string): Uint8Array => sha256(bytesFromText(name))

/** The only way to a signature is a signer, and nobody is given another's. */
export interface Signatures {
  readonly signerOf: (name: string) => Signer
  readonly verifier: SignatureVerifier
}

/** A keyed hash under a secret of the world: deterministic, 64 bytes, and not to be had without a signer. */
const createModel = (seed: number): Signatures => {
  const secret = bytesOf(`secret ${seed}`)
  const signature = (publicKey: Uint8Array, message: Uint8Array): Uint8Array => {
    const half = sha256(concatBytes(secret, publicKey, message))
    return concatBytes(half, half)
  }
  return {
    signerOf: (name) => {
      const publicKey = bytesOf(`key ${name}`)
      return { publicKey, sign: (message) => signature(publicKey, message) }
    },
    verifier: { verify: (key, message, claimed) => equalBytes(signature(key, message), claimed) },
  }
}

const PKCS8_PREFIX = Uint8Array.from(Buffer.from('302e020100300506032b657004220420', 'hex'))
const SPKI_PREFIX = Uint8Array.from(Buffer.from('302a300506032b6570032100', 'hex'))

/** Ed25519 of node:crypto. */
const createReal = (seed: number): Signatures => {
  const known = new Map<string, KeyObject>()
  const keyOf = (raw: Uint8Array): KeyObject => {
    const name = hexFromBytes(raw)
    const found = known.get(name)
    if (found) return found
    const key = Buffer.from(concatBytes(SPKI_PREFIX, raw))
    const created = createPublicKey({ key, format: 'der', type: 'spki' })
    known.set(name, created)
    return created
  }
  return {
    signerOf: (name) => {
      const key = Buffer.from(concatBytes(PKCS8_PREFIX, bytesOf(`ed25519 ${seed} ${name}`)))
      const secret = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
      const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
      return {
        publicKey: Uint8Array.from(spki.subarray(-32)),
        sign: (message) => Uint8Array.from(sign(null, message, secret)),
      }
    },
    verifier: { verify: (key, message, signature) => verify(null, message, keyOf(key), signature) },
  }
}

export const createSignatures = (seed: number, isReal: boolean): Signatures =>
  isReal ? createReal(seed) : createModel(seed)
