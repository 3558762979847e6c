import { crc32 } from 'node:zlib'
import { assertInvariant, TAG_BYTES } from '@medchain/core'
import { VALUE_KINDS, type ValueKind, type ValueName } from './value-name.ts'

// Entry on disk, big-endian:
//   magic u32 ‖ kind and flag u8 ‖ key length u8 ‖ 0 u16 ‖ leaf u32 ‖ value length u32 ‖ nonce 12 ‖ key ‖ CRC-32
//   ‖ value under AES-256-GCM, the head above as additional data ‖ whole length u32 ‖ its CRC-32
// The trailer shows that a file ends with a whole entry: a bad head before it is damage and no torn tail.
const MAGIC = 0x4d435645
const FIXED_BYTES = 28
const CRC_BYTES = 4
const LARGE_FLAG = 0x80

export const TRAILER_BYTES = 8
/** No head is longer. */
export const HEAD_BYTES_MAX = FIXED_BYTES + 255 + CRC_BYTES

export interface EntryHead extends ValueName {
  /** The value stands in a file of its own; the entry holds that file's key. */
  readonly isLarge: boolean
  /** Position in the segment, which is also the leaf of its key tree. */
  readonly leaf: number
  /** Size of the value without its tag. */
  readonly valueBytes: number
  /** 12 random bytes. */
  readonly nonce: Uint8Array
}

export const headBytesOf = (head: EntryHead): number => FIXED_BYTES + head.key.length + CRC_BYTES

export const entryBytesOf = (head: EntryHead): number =>
  headBytesOf(head) + head.valueBytes + TAG_BYTES + TRAILER_BYTES

/** Places head, sealed value (with its tag) and trailer in `out` at `at`; returns where the entry ends. */
export const writeEntry = (
  out: Buffer,
  at: number,
  head: EntryHead,
  headBytes: Buffer,
  sealed: Uint8Array,
): number => {
  out.set(headBytes, at)
  out.set(sealed, at + headBytes.length)
  out.set(encodeTrailer(head), at + headBytes.length + sealed.length)
  return at + entryBytesOf(head)
}

export const encodeHead = (head: EntryHead): Buffer => {
  assertInvariant(head.key.length >= 1 && head.key.length <= 255, 'a key has 1 to 255 bytes')
  const out = Buffer.alloc(headBytesOf(head))
  out.writeUInt32BE(MAGIC, 0)
  out[4] = VALUE_KINDS.indexOf(head.kind) | (head.isLarge ? LARGE_FLAG : 0)
  out[5] = head.key.length
  out.writeUInt32BE(head.leaf, 8)
  out.writeUInt32BE(head.valueBytes, 12)
  out.set(head.nonce, 16)
  out.set(head.key, FIXED_BYTES)
  const crcAt = out.length - CRC_BYTES
  out.writeUInt32BE(crc32(out.subarray(0, crcAt)), crcAt)
  return out
}

/** The head at `at`, or undefined when no sound one stands there. */
export const decodeHead = (bytes: Buffer, at = 0): EntryHead | undefined => {
  if (at + FIXED_BYTES + CRC_BYTES > bytes.length || bytes.readUInt32BE(at) !== MAGIC) return undefined
  const keyBytes = bytes[at + 5] as number
  const crcAt = at + FIXED_BYTES + keyBytes
  if (crcAt + CRC_BYTES > bytes.length || bytes.readUInt32BE(crcAt) !== crc32(bytes.subarray(at, crcAt))) {
    return undefined
  }
  const flags = bytes[at + 4] as number
  const kind: ValueKind | undefined = VALUE_KINDS[flags & ~LARGE_FLAG]
  if (kind === undefined) return undefined
  return {
    kind,
    key: new Uint8Array(bytes.subarray(at + FIXED_BYTES, crcAt)),
    isLarge: (flags & LARGE_FLAG) !== 0,
    leaf: bytes.readUInt32BE(at + 8),
    valueBytes: bytes.readUInt32BE(at + 12),
    nonce: new Uint8Array(bytes.subarray(at + 16, at + FIXED_BYTES)),
  }
}

const trailerOf = (entryBytes: number): Buffer => {
  const out = Buffer.alloc(TRAILER_BYTES)
  out.writeUInt32BE(entryBytes, 0)
  out.writeUInt32BE(crc32(out.subarray(0, 4), MAGIC), 4)
  return out
}

const encodeTrailer = (head: EntryHead): Buffer => trailerOf(entryBytesOf(head))

/** Whether these 8 bytes end an entry. */
export const isTrailer = (bytes: Buffer): boolean =>
  bytes.length === TRAILER_BYTES && bytes.equals(trailerOf(bytes.readUInt32BE(0)))

/** Where the next head could begin at or after `from`, or -1. */
export const findMagic = (bytes: Buffer, from: number): number => {
  const magic = Buffer.alloc(4)
  magic.writeUInt32BE(MAGIC, 0)
  return bytes.indexOf(magic, from)
}
