import {
  blob,
  decode,
  encode,
  exactly,
  type Inception,
  inceptionSchema,
  optional,
  struct,
  text,
} from '@medchain/core'
import { fail } from '../command-error.ts'

/** What `id export` puts into one encrypted file. */
export interface PortableIdentity {
  readonly version: number
  readonly role: string
  readonly secrets: Uint8Array
  /** Sealed, as it lies in the wallet. */
  readonly keyring: Uint8Array | undefined
  readonly contacts: string
  /** First keys of an identity that rotated to others. */
  readonly inception?: Inception | undefined
}

const first = {
  role: text(64),
  secrets: blob(4096),
  keyring: optional(blob(4 * 1024 * 1024)),
  contacts: text(1024 * 1024),
}
const firstSchema = struct<Omit<PortableIdentity, 'inception'>>({ version: exactly(1), ...first })
const rotatedSchema = struct<PortableIdentity>({
  version: exactly(2),
  ...first,
  inception: optional(inceptionSchema),
})

export const encodePortableIdentity = (identity: Omit<PortableIdentity, 'version'>): Uint8Array =>
  identity.inception === undefined
    ? encode(firstSchema, { version: 1, ...identity })
    : encode(rotatedSchema, { version: 2, ...identity })

export const decodePortableIdentity = (bytes: Uint8Array, file: string): PortableIdentity => {
  const rotated = decode(rotatedSchema, bytes)
  const decoded = rotated.ok ? rotated : decode(firstSchema, bytes)
  return decoded.ok
    ? decoded.value
    : fail('keystore.damaged', `${file} opens, but is not an exported identity.`)
}
