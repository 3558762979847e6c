import type { Signer } from '@medchain/core'
import sodium from 'sodium-native'

/** Signs with the key of a 32-byte Ed25519 seed. */
export const createSigner = (seed: Uint8Array): Signer => {
  const publicKey = Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES)
  const secretKey = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, Buffer.from(seed))
  return {
    publicKey: new Uint8Array(publicKey),
    sign: (message) => {
      const signature = Buffer.alloc(sodium.crypto_sign_BYTES)
      sodium.crypto_sign_detached(signature, Buffer.from(message), secretKey)
      return new Uint8Array(signature)
    },
  }
}
