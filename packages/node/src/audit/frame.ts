import { crc32 } from 'node:zlib'

// Frame on disk, big-endian: magic u32 ‖ payload length u32 ‖ CRC-32 of both ‖ payload ‖ CRC-32 of the payload.
const MAGIC = 0x4d434155
const HEAD_BYTES = 12
const CRC_BYTES = 4

/** Size of the frame around a payload. */
export const frameBytesOf = (payloadBytes: number): number => HEAD_BYTES + payloadBytes + CRC_BYTES

export const encodeFrame = (payload: Uint8Array): Buffer => {
  const out = Buffer.alloc(frameBytesOf(payload.length))
  out.writeUInt32BE(MAGIC, 0)
  out.writeUInt32BE(payload.length, 4)
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8)
  out.set(payload, HEAD_BYTES)
  out.writeUInt32BE(crc32(payload), HEAD_BYTES + payload.length)
  return out
}

/** Payload length of a sound head at `at`, else undefined. */
const lengthAt = (bytes: Buffer, at: number): number | undefined => {
  const isSound =
    at + HEAD_BYTES <= bytes.length &&
    bytes.readUInt32BE(at) === MAGIC &&
    bytes.readUInt32BE(at + 8) === crc32(bytes.subarray(at, at + 8))
  return isSound ? bytes.readUInt32BE(at + 4) : undefined
}

const payloadAt = (bytes: Buffer, at: number, length: number): Uint8Array | undefined => {
  const payload = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)
  return bytes.readUInt32BE(at + HEAD_BYTES + length) === crc32(payload) ? new Uint8Array(payload) : undefined
}

/** The payload of a frame that fills `bytes`, or undefined when it is not as it was written. */
export const openFrame = (bytes: Buffer): Uint8Array | undefined => {
  const length = lengthAt(bytes, 0)
  return length !== undefined && frameBytesOf(length) === bytes.length
    ? payloadAt(bytes, 0, length)
    : undefined
}

export type FoundFrame =
  | {
      readonly type: 'sound'
      readonly offset: number
      readonly sizeBytes: number
      readonly payload: Uint8Array
    }
  /** Bytes that are not as they were written. */
  | { readonly type: 'damaged'; readonly offset: number; readonly sizeBytes: number }
  /** A write that was cut off: from here to the end nobody was told that it was durable. */
  | { readonly type: 'torn'; readonly offset: number }

const nextHead = (bytes: Buffer, from: number): number => {
  for (let at = from; at + HEAD_BYTES <= bytes.length; at++) if (lengthAt(bytes, at) !== undefined) return at
  return bytes.length
}

const isTorn = (bytes: Buffer, at: number, length: number | undefined): boolean =>
  length === undefined
    ? bytes.length - at < HEAD_BYTES || bytes.subarray(at).every((byte) => byte === 0)
    : at + frameBytesOf(length) > bytes.length

/** Walks a whole file. A frame begins with its head, so a cut-off one still has a sound head or none at all. */
export function* scanFrames(bytes: Buffer): Generator<FoundFrame> {
  let at = 0
  while (at < bytes.length) {
    const length = lengthAt(bytes, at)
    if (isTorn(bytes, at, length)) {
      yield { type: 'torn', offset: at }
      return
    }
    const end = length === undefined ? nextHead(bytes, at + 1) : at + frameBytesOf(length)
    const payload = length === undefined ? undefined : payloadAt(bytes, at, length)
    if (payload) yield { type: 'sound', offset: at, sizeBytes: end - at, payload }
    else yield { type: 'damaged', offset: at, sizeBytes: end - at }
    at = end
  }
}
