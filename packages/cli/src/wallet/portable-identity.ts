import { blob, decode, encode, optional, struct, text, uint } from '@medchain/core'
import { fail } from '../command-error.ts'

/** What `id export` puts into one encrypted file. */
export interface PortableIdentity {
  readonly version: number
  readonly role: string
  readonly secrets: Uint8Array
  /** Sealed, as it lies in the wallet. */
  readonly keyring: Uint8Array | undefined
  readonly contacts: string
}

const schema = struct<PortableIdentity>({
  version: uint(1),
  role: text(64),
  secrets: blob(1024),
  keyring: optional(blob(4 * 1024 * 1024)),
  contacts: text(1024 * 1024),
})

export const encodePortableIdentity = (identity: Omit<PortableIdentity, 'version'>): Uint8Array =>
  encode(schema, { version: 1, ...identity })

export const decodePortableIdentity = (bytes: Uint8Array, file: string): PortableIdentity => {
  const decoded = decode(schema, bytes)
  return decoded.ok
    ? decoded.value
    : fail('keystore.damaged', `${file} opens, but is not an exported identity.`)
}
