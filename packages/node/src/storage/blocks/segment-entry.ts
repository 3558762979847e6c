import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { bytesFromUint, concatBytes, equalBytes, uintFromBytes } from '@medchain/core'

// Entry: magic (4) ‖ payload length (4) ‖ height (8) ‖ CRC-32 of these 16 bytes (4) ‖ SHA-256 of them and the payload (32)
// ‖ payload. The CRC tells an entry that was cut off from one whose length is not as it was written.
const MAGIC = Uint8Array.of(0x4d, 0x43, 0x42, 0x32)
const LENGTH_AT = 4
const HEIGHT_AT = 8
const CRC_AT = 16
const DIGEST_AT = 20
export const ENTRY_HEAD_BYTES = 52
/** A block of the largest size with its certificate. */
export const ENTRY_PAYLOAD_BYTES_MAX = 5 * 1024 * 1024

export interface EntryHead {
  readonly length: number
  readonly height: number
  readonly digest: Uint8Array
}

const digestOf = (head: Uint8Array, payload: Uint8Array): Uint8Array =>
  new Uint8Array(hash('sha256', concatBytes(head.subarray(0, CRC_AT), payload), 'buffer'))

export const encodeEntry = (height: number, payload: Uint8Array): Uint8Array => {
  const head = concatBytes(
    MAGIC,
    bytesFromUint(payload.length, 4),
    new Uint8Array(2),
    bytesFromUint(height, 6),
  )
  return concatBytes(head, bytesFromUint(crc32(head), 4), digestOf(head, payload), payload)
}

/** What an entry's first 52 bytes say, or undefined when no entry begins so. */
export const readEntryHead = (head: Uint8Array): EntryHead | undefined => {
  if (head.length < ENTRY_HEAD_BYTES || !equalBytes(head.subarray(0, LENGTH_AT), MAGIC)) return undefined
  if (crc32(head.subarray(0, CRC_AT)) !== uintFromBytes(head.subarray(CRC_AT, DIGEST_AT))) return undefined
  const length = uintFromBytes(head.subarray(LENGTH_AT, HEIGHT_AT))
  if (length > ENTRY_PAYLOAD_BYTES_MAX || head[HEIGHT_AT] !== 0 || head[HEIGHT_AT + 1] !== 0) return undefined
  return {
    length,
    height: uintFromBytes(head.subarray(HEIGHT_AT + 2, CRC_AT)),
    digest: head.slice(DIGEST_AT, ENTRY_HEAD_BYTES),
  }
}

/** The payload of a whole entry whose digest fits, else undefined. */
export const openEntry = (entry: Uint8Array): Uint8Array | undefined => {
  const head = readEntryHead(entry)
  if (!head || entry.length !== ENTRY_HEAD_BYTES + head.length) return undefined
  const payload = entry.slice(ENTRY_HEAD_BYTES)
  return equalBytes(digestOf(entry, payload), head.digest) ? payload : undefined
}

/** Where the next entry could begin at or after `from`, or -1. */
export const findMagic = (bytes: Uint8Array, from: number): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(MAGIC, from)
