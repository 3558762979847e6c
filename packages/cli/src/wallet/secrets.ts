import {
  bytes,
  decode,
  encode,
  type Inception,
  optional,
  type PersonSecrets,
  struct,
  text,
  uint,
} from '@medchain/core'
import { nodeCiphers, readKeystore, writeKeystore } from '@medchain/node'
import type { Actor } from '../client/signed-request.ts'
import { fail, valueOrFail } from '../command-error.ts'
import type { Identity } from './identity.ts'

/** What the keystore of an identity holds. */
export interface IdentitySecrets extends PersonSecrets {
  /** Separated by spaces; absent for keys that were enrolled without. */
  readonly words: string | undefined
}

interface Stored extends IdentitySecrets {
  readonly version: number
}

const storedSchema = struct<Stored>({
  version: uint(1),
  signingSeed: bytes(32),
  sealingSecret: bytes(32),
  salt: bytes(32),
  words: optional(text(512)),
})

export const inceptionOf = ({ signingSeed, sealingSecret, salt }: PersonSecrets): Inception => ({
  signingKey: nodeCiphers.ed25519Public(signingSeed),
  sealingKey: nodeCiphers.x25519Public(sealingSecret),
  salt,
})

/** Keys from chance alone: what no words restore. */
export const freshSecrets = (): IdentitySecrets => ({
  signingSeed: nodeCiphers.randomBytes(32),
  sealingSecret: nodeCiphers.randomBytes(32),
  salt: nodeCiphers.randomBytes(32),
  words: undefined,
})

export const encodeSecrets = (secrets: IdentitySecrets): Uint8Array =>
  encode(storedSchema, { version: 1, ...secrets })

export const decodeSecrets = (encoded: Uint8Array, where: string): IdentitySecrets => {
  const stored = decode(storedSchema, encoded)
  return stored.ok ? stored.value : fail('keystore.damaged', `${where} opens, but does not hold an identity.`)
}

export const writeSecrets = async (
  file: string,
  passphrase: string,
  secrets: IdentitySecrets,
): Promise<void> => valueOrFail(await writeKeystore(file, passphrase, encodeSecrets(secrets)))

export const readSecrets = async (file: string, passphrase: string): Promise<IdentitySecrets> =>
  decodeSecrets(valueOrFail(await readKeystore(file, passphrase)), file)

/** Signs for the identity: by its account, or for a patient by the first keys. */
export const actorOf = ({ id, role, inception }: Identity, { signingSeed }: PersonSecrets): Actor => ({
  id,
  inception: role === 'patient' ? inception : undefined,
  sign: (message) => nodeCiphers.ed25519Sign(signingSeed, message),
})
