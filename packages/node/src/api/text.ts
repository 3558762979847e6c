import {
  accountIdFromDid,
  base32FromBytes,
  bytesFromBase32,
  bytesFromHex,
  didFromAccountId,
  hexFromBytes,
} from '@medchain/core'
import { ApiError, apiErrorFrom } from './api-error.ts'

export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
export const hex = hexFromBytes
export const base32 = base32FromBytes
export const did = didFromAccountId
export const didOrNull = (id: Uint8Array | undefined): string | null => (id ? didFromAccountId(id) : null)
export const hexOrNull = (bytes: Uint8Array | undefined): string | null =>
  bytes ? hexFromBytes(bytes) : null

/** The account or chart id of a full DID in a path; 400 otherwise. */
export const idFromDid = (text: string): Uint8Array => {
  const id = accountIdFromDid(text)
  if (!id.ok) throw new ApiError(id.code, id.message, 400)
  return id.value
}

/** Bytes of `length` in hex or base32; 400 otherwise. */
export const idFromText = (text: string, length: number): Uint8Array => {
  const fromHex = text.length === length * 2 ? bytesFromHex(text) : undefined
  const found = fromHex?.ok ? fromHex : bytesFromBase32(text)
  if (found.ok && found.value.length === length) return found.value
  throw new ApiError('request.malformed', `An id of ${length} bytes is needed, in base32 or hexadecimal.`)
}

export const bytesFromHexText = (text: string): Uint8Array => {
  const bytes = bytesFromHex(text)
  if (!bytes.ok) throw apiErrorFrom(bytes)
  return bytes.value
}
