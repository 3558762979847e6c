import { crc32 } from 'node:zlib'

/** What a bucket is stored as: its index and what `encodeBucket` wrote. */
export interface PackedBucket {
  readonly index: number
  readonly content: Uint8Array
}

/** Fills eight pages of the database with the head of the first; longer packs are divided. */
const PACK_SIZE_BYTES_MAX = 32_752

// Pack: CRC-32 of the directory (4) ‖ how many buckets (2) ‖ for each of them, in increasing order: index behind the
// pack's first (2), CRC-32 of index and content (4), where the content ends (4) ‖ contents.
const COUNT_AT = 4
const HEAD_BYTES = 6
const PLACE_BYTES = 10
const CRC_AT = 2
const END_AT = 6

/** Bound to the place: what begins with another number ends with another. */
const crcAt = (index: number, bytes: Uint8Array): number => crc32(bytes, index)

/** Buckets of consecutive indices from `first` on, in increasing order, as one value; each can be read by itself. */
export const encodePack = (first: number, buckets: readonly PackedBucket[]): Buffer => {
  const directoryEnd = HEAD_BYTES + buckets.length * PLACE_BYTES
  const size = buckets.reduce((sum, { content }) => sum + content.length, directoryEnd)
  const pack = Buffer.allocUnsafe(size)
  pack.writeUInt16BE(buckets.length, COUNT_AT)
  let end = directoryEnd
  for (const [position, { index, content }] of buckets.entries()) {
    const place = HEAD_BYTES + position * PLACE_BYTES
    pack.set(content, end)
    end += content.length
    pack.writeUInt16BE(index - first, place)
    pack.writeUInt32BE(crcAt(index, content), place + CRC_AT)
    pack.writeUInt32BE(end, place + END_AT)
  }
  pack.writeUInt32BE(crcAt(first, pack.subarray(COUNT_AT, directoryEnd)))
  return pack
}

export interface Pack {
  readonly indices: () => readonly number[]
  /** The content of a bucket, within the pack's bytes: undefined for an empty one, 'damaged' for one that changed. */
  readonly contentOf: (index: number) => Uint8Array | 'damaged' | undefined
}

const directoryEndOf = (pack: DataView): number =>
  pack.byteLength < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + pack.getUint16(COUNT_AT) * PLACE_BYTES

/** Undefined when a byte of the directory is not as it was written. */
export const openPack = (first: number, stored: Uint8Array): Pack | undefined => {
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.length)
  const pack = new DataView(stored.buffer, stored.byteOffset, stored.length)
  const directoryEnd = directoryEndOf(pack)
  if (bytes.length < directoryEnd) return undefined
  if (pack.getUint32(0) !== crcAt(first, bytes.subarray(COUNT_AT, directoryEnd))) return undefined

  const count = pack.getUint16(COUNT_AT)
  const indexAt = (position: number): number => first + pack.getUint16(HEAD_BYTES + position * PLACE_BYTES)
  const endAt = (position: number): number =>
    position < 0 ? directoryEnd : pack.getUint32(HEAD_BYTES + position * PLACE_BYTES + END_AT)
  const positionOf = (index: number): number => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (indexAt(middle) < index) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    indices: () => Array.from({ length: count }, (_, position) => indexAt(position)),
    contentOf: (index) => {
      const position = positionOf(index)
      if (position === count || indexAt(position) !== index) return undefined
      const content = bytes.subarray(endAt(position - 1), endAt(position))
      const crc = pack.getUint32(HEAD_BYTES + position * PLACE_BYTES + CRC_AT)
      return crcAt(index, content) === crc ? content : 'damaged'
    },
  }
}

export interface PackedRange {
  readonly first: number
  readonly buckets: readonly PackedBucket[]
}

/** As many packs as it takes, about equally long, the first at `first`; a bucket that is longer has one to itself. */
export const dividePack = (first: number, buckets: readonly PackedBucket[]): readonly PackedRange[] => {
  const sizeOf = ({ content }: PackedBucket): number => content.length + PLACE_BYTES
  const total = buckets.reduce((sum, bucket) => sum + sizeOf(bucket), HEAD_BYTES)
  const parts = Math.ceil(total / PACK_SIZE_BYTES_MAX)
  const ranges: { first: number; buckets: PackedBucket[] }[] = [{ first, buckets: [] }]
  let [sizeBytes, at] = [0, ranges[0] as (typeof ranges)[0]]
  for (const bucket of buckets) {
    if (sizeBytes > 0 && sizeBytes + sizeOf(bucket) / 2 > total / parts) {
      at = { first: bucket.index, buckets: [] }
      ranges.push(at)
      sizeBytes = 0
    }
    at.buckets.push(bucket)
    sizeBytes += sizeOf(bucket)
  }
  return ranges
}
