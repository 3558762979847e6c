import { type ConsensusRecord, decodeRecord, encodeRecord } from '../consensus/records.ts'
import {
  blob,
  bytesFromText,
  bytesFromUint,
  concatBytes,
  decode,
  encode,
  equalBytes,
  list,
  ok,
  type Result,
  refuse,
  uintFromBytes,
} from '../encoding/index.ts'
import { crc32 } from './crc32.ts'

/*
 * File: magic "MCWL", version (3), network id (32), height (6), salt (16), CRC-32 of these; then frames, one for each
 * sync: marker (8: the beginning of the salt), length (4), CRC-32 seeded with that of the header (4), records.
 * A frame is written in one sync, so a bad frame with a sound one behind it is damage, never a tear. Zeros behind the
 * last frame, or what is left of earlier heights behind eight of them, are no frame that was begun. The salt is a secret
 * of this validator: blocks hold bytes that others chose, and none of them is to pass for a frame.
 */
const MAGIC = bytesFromText('MCWL')
const VERSION = 3
export const WAL_SALT_LENGTH = 16
const SALT_AT = 4 + 1 + 32 + 6
const HEADER_LENGTH = SALT_AT + WAL_SALT_LENGTH + 4
const MARKER_LENGTH = 8
const FRAME_HEAD_LENGTH = MARKER_LENGTH + 4 + 4
const FRAME_SIZE_BYTES_MAX = 16 * 1024 * 1024

const frameSchema = list(blob(8 * 1024 * 1024), 64)

export interface WalContent {
  readonly height: number
  /** As the file has it. */
  readonly header: Uint8Array
  readonly records: readonly ConsensusRecord[]
  /** Length of the header and the sound frames; what lies behind counts for nothing. */
  readonly soundBytes: number
  /** Whether a frame was begun behind them. */
  readonly isTorn: boolean
}

/** `salt` has 16 bytes. */
export const encodeWalHeader = (networkId: Uint8Array, height: number, salt: Uint8Array): Uint8Array => {
  const head = concatBytes(MAGIC, Uint8Array.of(VERSION), networkId, bytesFromUint(height, 6), salt)
  return concatBytes(head, bytesFromUint(crc32(head), 4))
}

const seedOf = (header: Uint8Array): number =>
  uintFromBytes(header.subarray(HEADER_LENGTH - 4, HEADER_LENGTH))

const markerOf = (header: Uint8Array): Uint8Array => header.subarray(SALT_AT, SALT_AT + MARKER_LENGTH)

const frameParts = (header: Uint8Array, records: readonly ConsensusRecord[]): readonly Uint8Array[] => {
  const payload = encode(frameSchema, records.map(encodeRecord))
  const crc = crc32(payload, seedOf(header))
  return [markerOf(header), bytesFromUint(payload.length, 4), bytesFromUint(crc, 4), payload]
}

/** One frame: everything that a single sync makes durable. `header` is that of the file. */
export const encodeWalFrame = (header: Uint8Array, records: readonly ConsensusRecord[]): Uint8Array =>
  concatBytes(...frameParts(header, records))

/** A file with its first frame. */
export const encodeWal = (header: Uint8Array, records: readonly ConsensusRecord[]): Uint8Array =>
  concatBytes(header, ...frameParts(header, records))

/** Payload of the sound frame that begins at `offset`, if one does. `data` begins with the header. */
const frameAt = (data: Uint8Array, offset: number): Uint8Array | undefined => {
  const start = offset + FRAME_HEAD_LENGTH
  const lengthAt = offset + MARKER_LENGTH
  if (start > data.length || !equalBytes(data.subarray(offset, lengthAt), markerOf(data))) return undefined
  const length = uintFromBytes(data.subarray(lengthAt, lengthAt + 4))
  if (length === 0 || length > FRAME_SIZE_BYTES_MAX || start + length > data.length) return undefined
  const payload = data.subarray(start, start + length)
  const crc = uintFromBytes(data.subarray(lengthAt + 4, start))
  return crc32(payload, seedOf(data)) === crc ? payload : undefined
}

const hasSoundFrameBehind = (data: Uint8Array, offset: number): boolean => {
  const first = data[SALT_AT] as number
  for (let at = data.indexOf(first, offset + 1); at >= 0; at = data.indexOf(first, at + 1))
    if (frameAt(data, at) !== undefined) return true
  return false
}

const damaged = (offset: number) =>
  refuse('wal.damaged', `The write-ahead log is damaged at byte ${offset}, in front of sound records.`)

const recordsOf = (payload: Uint8Array): ConsensusRecord[] | undefined => {
  const items = decode(frameSchema, payload, FRAME_SIZE_BYTES_MAX)
  if (!items.ok) return undefined
  const records: ConsensusRecord[] = []
  for (const item of items.value) {
    const record = decodeRecord(item)
    if (!record.ok) return undefined
    records.push(record.value)
  }
  return records
}

/** The file's header, undefined when it never became durable; refuses like `decodeWal`. */
const headOf = (data: Uint8Array, networkId: Uint8Array): Result<Uint8Array | undefined> => {
  const head = data.subarray(0, HEADER_LENGTH - 4)
  if (data.length < HEADER_LENGTH || crc32(head) !== seedOf(data)) return ok(undefined)
  if (!equalBytes(head.subarray(0, 4), MAGIC) || head[4] !== VERSION) {
    return refuse('wal.unknown-format', 'The write-ahead log was written by another version.')
  }
  if (!equalBytes(head.subarray(5, 37), networkId)) {
    return refuse('wal.other-network', 'The write-ahead log belongs to another network.')
  }
  return ok(head)
}

const heightIn = (head: Uint8Array): number => uintFromBytes(head.subarray(37, 43))

/** The height that a WAL file is for, also when what follows its header is damaged; undefined without a sound header. */
export const walHeightOf = (data: Uint8Array, networkId: Uint8Array): number | undefined => {
  const head = headOf(data, networkId)
  return head.ok && head.value ? heightIn(head.value) : undefined
}

/**
 * What the WAL file holds. Undefined when its header never became durable; a torn last frame is cut;
 * `wal.damaged` for a bad frame before a sound one, `wal.other-network` for the file of another network.
 */
export const decodeWal = (data: Uint8Array, networkId: Uint8Array): Result<WalContent | undefined> => {
  const head = headOf(data, networkId)
  if (!head.ok) return head
  if (head.value === undefined) return ok(undefined)
  const records: ConsensusRecord[] = []
  let soundBytes = HEADER_LENGTH
  while (soundBytes < data.length) {
    const payload = frameAt(data, soundBytes)
    if (payload === undefined) {
      if (hasSoundFrameBehind(data, soundBytes)) return damaged(soundBytes)
      break
    }
    const found = recordsOf(payload)
    if (found === undefined) return damaged(soundBytes)
    records.push(...found)
    soundBytes += FRAME_HEAD_LENGTH + payload.length
  }
  const isTorn = data.subarray(soundBytes, soundBytes + MARKER_LENGTH).some((byte) => byte !== 0)
  return ok({
    height: heightIn(head.value),
    header: data.slice(0, HEADER_LENGTH),
    records,
    soundBytes,
    isTorn,
  })
}
