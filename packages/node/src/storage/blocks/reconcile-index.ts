import { statSync } from 'node:fs'
import { StorageError } from '../storage-error.ts'
import type { BlockIndex } from './block-index.ts'
import { scanSegment } from './scan-segment.ts'
import { ENTRY_HEAD_BYTES } from './segment-entry.ts'
import { listSegments, type Segment } from './segment-files.ts'

export interface TornTail {
  readonly file: string
  /** Size that the file is to be cut to. */
  readonly sizeBytes: number
}

/** Heights whose entry lies beyond the end of its file are forgotten: that tail never became durable. */
const dropMissing = (segments: readonly Segment[], index: BlockIndex, lowest: number): void => {
  const sizes = new Map(segments.map(({ first, file }) => [first, statSync(file).size]))
  let head = index.headHeight()
  while (head >= lowest) {
    const place = index.get(head)
    if (place && place.offset + place.length <= (sizes.get(place.segment) ?? 0)) break
    head -= 1
  }
  if (head < index.headHeight()) index.truncate(head)
}

const NO_DIGEST = new Uint8Array(32)

/** Every height up to `last` gets the place of the damaged bytes: reading one of them names it. */
const noteDamaged = (
  index: BlockIndex,
  segment: number,
  offset: number,
  length: number,
  last: number,
): void => {
  for (let height = index.headHeight() + 1; height <= last; height++) {
    index.put(height, { segment, offset, length, digest: NO_DIGEST })
  }
}

const disorder = (file: string, height: number): StorageError =>
  new StorageError('storage.block-disorder', `${file} holds block ${height} where another one belongs.`)

/** Takes the entries of one segment into the index from `from` on; the offset where a torn tail begins. */
const indexSegment = ({ first, file }: Segment, from: number, index: BlockIndex): number | undefined => {
  let damagedAt: number | undefined
  for (const found of scanSegment(file, from)) {
    if (found.type === 'torn') return damagedAt ?? found.offset
    if (found.type === 'damaged') {
      damagedAt ??= found.offset
      continue
    }
    const { height, length, digest } = found.head
    const start = damagedAt ?? found.offset
    const missing = height - 1 - index.headHeight()
    if (missing < 0 || missing > (found.offset - start) / ENTRY_HEAD_BYTES) {
      if (damagedAt === undefined) throw disorder(file, height)
      // There already, or so many do not fit in between: it lies in bytes that clients chose.
      continue
    }
    noteDamaged(index, first, start, found.offset - start, height - 1)
    index.put(height, { segment: first, offset: found.offset, length: ENTRY_HEAD_BYTES + length, digest })
    damagedAt = undefined
  }
  return damagedAt
}

/**
 * Brings the index up to the files: entries written after the last index write are added, a torn tail is
 * given back to be cut. Unsound bytes with sound entries behind them get a place too, which names the block when
 * it is read; nothing is expected below `lowest`. Throws `storage.block-disorder` for heights that do not follow one another.
 */
export const reconcileIndex = (folder: string, index: BlockIndex, lowest = 1): TornTail | undefined => {
  const segments = listSegments(folder)
  index.beginAbove(lowest - 1)
  dropMissing(segments, index, lowest)
  const place = index.get(index.headHeight())
  const unread = segments.filter(({ first }) => place === undefined || first >= place.segment)
  for (const [position, segment] of unread.entries()) {
    const from = place && segment.first === place.segment ? place.offset + place.length : 0
    const tornAt = indexSegment(segment, from, index)
    const next = unread[position + 1]
    if (tornAt !== undefined && !next) return { file: segment.file, sizeBytes: tornAt }
    // A segment is named by its first height: what the one before it lacks is damaged.
    if (next) noteDamaged(index, segment.first, tornAt ?? 0, 0, next.first - 1)
  }
  return undefined
}
