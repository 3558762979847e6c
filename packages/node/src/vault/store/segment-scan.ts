import {
  decodeHead,
  type EntryHead,
  entryBytesOf,
  findMagic,
  HEAD_BYTES_MAX,
  isTrailer,
  TRAILER_BYTES,
} from './entry-codec.ts'

const WINDOW_BYTES = 256 * 1024

export type ReadAt = (position: number, length: number) => Promise<Buffer>

/** An entry and where it begins in its segment file. */
export interface PlacedHead {
  readonly head: EntryHead
  readonly offset: number
}

/** A stretch of a segment file in which no head is sound. */
export interface BadStretch {
  readonly offset: number
  readonly sizeBytes: number
}

export interface SegmentScan {
  readonly entries: readonly PlacedHead[]
  readonly badStretches: readonly BadStretch[]
  /** Where whole entries end; what follows is a write that was cut off. */
  readonly endOffset: number
}

/** A reader that serves small reads from one window, for walking a file forwards. */
const windowed = (readAt: ReadAt): ReadAt => {
  let start = 0
  let window: Buffer = Buffer.alloc(0)
  return async (position, length) => {
    if (position < start || position + length > start + window.length) {
      start = position
      window = await readAt(position, Math.max(length, WINDOW_BYTES))
    }
    return window.subarray(position - start, position - start + length)
  }
}

/** Offset of the next sound head after `from`, or -1. */
const findHead = async (readAt: ReadAt, from: number, sizeBytes: number): Promise<number> => {
  for (let start = from; start < sizeBytes; start += WINDOW_BYTES) {
    const bytes = await readAt(start, WINDOW_BYTES + HEAD_BYTES_MAX)
    for (let at = findMagic(bytes, 0); at >= 0; at = findMagic(bytes, at + 1)) {
      if (decodeHead(bytes, at) !== undefined) return start + at
    }
  }
  return -1
}

const endsWhole = async (readAt: ReadAt, sizeBytes: number): Promise<boolean> =>
  sizeBytes >= TRAILER_BYTES && isTrailer(await readAt(sizeBytes - TRAILER_BYTES, TRAILER_BYTES))

/**
 * Walks the heads of a segment file from `from` on. A bad head with a sound one behind it, or in a file that
 * ends with a whole entry, is damage and stepped over; anything else unsound at the end is a torn tail.
 */
export const scanSegment = async (
  readFile: ReadAt,
  from: number,
  sizeBytes: number,
): Promise<SegmentScan> => {
  const readAt = windowed(readFile)
  const entries: PlacedHead[] = []
  const badStretches: BadStretch[] = []
  let at = from
  while (at < sizeBytes) {
    const head = decodeHead(await readAt(at, Math.min(HEAD_BYTES_MAX, sizeBytes - at)))
    if (head !== undefined && at + entryBytesOf(head) <= sizeBytes) {
      entries.push({ head, offset: at })
      at += entryBytesOf(head)
      continue
    }
    const next = await findHead(readFile, at + 1, sizeBytes)
    if (next < 0 && !(await endsWhole(readFile, sizeBytes))) break
    const end = next < 0 ? sizeBytes : next
    badStretches.push({ offset: at, sizeBytes: end - at })
    at = end
  }
  return { entries, badStretches, endOffset: at }
}
