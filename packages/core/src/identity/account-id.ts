import { hashTagged } from '../crypto/hash.ts'
import {
  base58FromBytes,
  bytes,
  bytesFromBase58,
  ok,
  type Result,
  refuse,
  struct,
} from '../encoding/index.ts'

/** First keys of an account: what its id commits to for good, whatever keys it rotates to later. */
export interface Inception {
  /** Ed25519 public key, 32 bytes. */
  readonly signingKey: Uint8Array
  /** X25519 public key, 32 bytes. */
  readonly sealingKey: Uint8Array
  /** 32 random bytes. */
  readonly salt: Uint8Array
}

export const inceptionSchema = struct<Inception>({
  signingKey: bytes(32),
  sealingKey: bytes(32),
  salt: bytes(32),
})

/** Account id: 32 bytes. */
export const accountIdFromInception = ({ signingKey, sealingKey, salt }: Inception): Uint8Array =>
  hashTagged('medchain/account/1', signingKey, sealingKey, salt)

const DID_PREFIX = 'did:medchain:'

/** `did:medchain:<base58btc with its multibase z>`. */
export const didFromAccountId = (accountId: Uint8Array): string =>
  `${DID_PREFIX}z${base58FromBytes(accountId)}`

/** The account id of a full DID; prefixes and other methods are `identity.did`. */
export const accountIdFromDid = (did: string): Result<Uint8Array> => {
  const wrong = refuse(
    'identity.did',
    'A full DID is needed: did:medchain:z followed by 43 or 44 characters.',
  )
  // Base58 takes the square of its length, so that length is bounded first.
  if (did.length > DID_PREFIX.length + 45 || !did.startsWith(`${DID_PREFIX}z`)) return wrong
  const id = bytesFromBase58(did.slice(DID_PREFIX.length + 1))
  return id.ok && id.value.length === 32 ? ok(id.value) : wrong
}
