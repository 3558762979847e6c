import { promisify } from 'node:util'
import { constants, crc32, zstdCompress, zstdDecompressSync } from 'node:zlib'
import type { Change } from '@medchain/core'

// CRC-32 of the rest (4) ‖ position (6) ‖ compressed: for each change the length of the key (2) and of the value (4,
// NONE for a removal), key, value. The entries of one transaction name the same ids, which compression leaves out.
const CRC_BYTES = 4
const HEAD_BYTES = 10
const LENGTH_BYTES = 6
const NONE = 0xffff_ffff

const compress = promisify(zstdCompress)
/** Repetitions alone are left out: what stands somewhere for the first time is found there by whoever searches a disk. */
const REPETITIONS = { params: { [constants.ZSTD_c_compressionLevel]: -1, [constants.ZSTD_c_minMatch]: 7 } }

/** What a change takes before it is compressed. */
export const changeSizeBytes = ({ key, value }: Change): number =>
  LENGTH_BYTES + key.length + (value?.length ?? 0)

/** What one checkpoint changed. */
export interface LoggedChanges {
  /** Of the folding, before that of this checkpoint. */
  readonly position: number
  readonly changes: readonly Change[]
}

/** Changes of the state's entries as one value. */
export const encodeChanges = async ({ position, changes }: LoggedChanges): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(changes.reduce((sum, change) => sum + changeSizeBytes(change), 0))
  let at = 0
  for (const { key, value } of changes) {
    bytes.writeUInt16BE(key.length, at)
    bytes.writeUInt32BE(value?.length ?? NONE, at + 2)
    bytes.set(key, at + LENGTH_BYTES)
    at += LENGTH_BYTES + key.length
    if (value === undefined) continue
    bytes.set(value, at)
    at += value.length
  }
  const compressed = await compress(bytes, REPETITIONS)
  const value = Buffer.concat([Buffer.alloc(HEAD_BYTES), compressed])
  value.writeUIntBE(position, CRC_BYTES, HEAD_BYTES - CRC_BYTES)
  value.writeUInt32BE(crc32(value.subarray(CRC_BYTES)))
  return value
}

/** The changes in their order, undefined when a byte of them is not as it was written. */
export const decodeChanges = (stored: Uint8Array): LoggedChanges | undefined => {
  const value = Buffer.from(stored.buffer, stored.byteOffset, stored.length)
  if (value.length < HEAD_BYTES || value.readUInt32BE() !== crc32(value.subarray(CRC_BYTES))) return undefined
  const position = value.readUIntBE(CRC_BYTES, HEAD_BYTES - CRC_BYTES)
  const plain = zstdDecompressSync(value.subarray(HEAD_BYTES))
  const bytes = new Uint8Array(plain.buffer, plain.byteOffset, plain.length)
  const changes: Change[] = []
  let at = 0
  const take = (length: number): Uint8Array => {
    at += length
    return bytes.slice(at - length, at)
  }
  while (at < bytes.length) {
    const [keyLength, valueLength] = [plain.readUInt16BE(at), plain.readUInt32BE(at + 2)]
    at += LENGTH_BYTES
    const key = take(keyLength)
    changes.push({ key, value: valueLength === NONE ? undefined : take(valueLength) })
  }
  return { position, changes }
}
