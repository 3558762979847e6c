import {
  accountIdFromInception,
  bytes,
  decode,
  encode,
  exactly,
  type Inception,
  list,
  optional,
  type PersonSecrets,
  struct,
  text,
} from '@medchain/core'
import { nodeCiphers, readKeystore, writeKeystore } from '@medchain/node'
import type { Actor } from '../client/signed-request.ts'
import { fail, valueOrFail } from '../command-error.ts'
import type { Identity } from './identity.ts'

export const FORMER_MAX = 64

/** What the keystore of an identity holds. */
export interface IdentitySecrets extends PersonSecrets {
  /** Separated by spaces; absent for keys that were enrolled without. */
  readonly words: string | undefined
  /** Sealing secrets before the present one, which open what was sealed to them; absent before any rotation. */
  readonly formerSealing?: readonly Uint8Array[] | undefined
}

interface Stored extends IdentitySecrets {
  readonly version: number
}

const first = {
  signingSeed: bytes(32),
  sealingSecret: bytes(32),
  salt: bytes(32),
  words: optional(text(512)),
}
const firstSchema = struct<Omit<Stored, 'formerSealing'>>({ version: exactly(1), ...first })
const rotatedSchema = struct<Stored>({
  version: exactly(2),
  ...first,
  formerSealing: optional(list(bytes(32), FORMER_MAX)),
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
  secrets.formerSealing === undefined
    ? encode(firstSchema, { version: 1, ...secrets })
    : encode(rotatedSchema, { version: 2, ...secrets })

export const decodeSecrets = (encoded: Uint8Array, where: string): IdentitySecrets => {
  const rotated = decode(rotatedSchema, encoded)
  const stored = rotated.ok ? rotated : decode(firstSchema, encoded)
  return stored.ok ? stored.value : fail('keystore.damaged', `${where} opens, but does not hold an identity.`)
}

export const writeSecrets = async (
  file: string,
  passphrase: string,
  secrets: IdentitySecrets,
): Promise<void> => valueOrFail(await writeKeystore(file, passphrase, encodeSecrets(secrets)))

export const readSecrets = async (file: string, passphrase: string): Promise<IdentitySecrets> =>
  decodeSecrets(valueOrFail(await readKeystore(file, passphrase)), file)

/** Signs by keys that are nobody's account: the node knows them by themselves. */
export const actorOfKeys = (secrets: PersonSecrets): Actor => {
  const inception = inceptionOf(secrets)
  const sign = (message: Uint8Array) => nodeCiphers.ed25519Sign(secrets.signingSeed, message)
  return { id: accountIdFromInception(inception), inception, sign }
}

/** Signs for the identity, by its present keys; a patient, who is not on the chain, shows the first ones. */
export const actorOf = ({ id, role, inception }: Identity, { signingSeed }: PersonSecrets): Actor => ({
  id,
  inception: role === 'patient' ? inception : undefined,
  sign: (message) => nodeCiphers.ed25519Sign(signingSeed, message),
})
