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
const dropMissing = (segments: readonly Segment[], index: BlockIndex): void => {
  const sizes = new Map(segments.map(({ first, file }) => [first, statSync(file).size]))
  let head = index.headHeight()
  while (head > 0) {
    const place = index.get(head)
    if (place && place.offset + place.length <= (sizes.get(place.segment) ?? 0)) break
    head -= 1
  }
  if (head < index.headHeight()) index.truncate(head)
}

/**
 * Brings the index up to the files: entries written after the last index write are added, a torn tail is
 * given back to be cut. Throws `storage.block-damaged` for unsound bytes with sound entries behind them.
 */
export const reconcileIndex = (folder: string, index: BlockIndex): TornTail | undefined => {
  const segments = listSegments(folder)
  dropMissing(segments, index)
  const place = index.get(index.headHeight())
  const unread = segments.filter(({ first }) => place === undefined || first >= place.segment)
  let torn: TornTail | undefined
  for (const segment of unread) {
    if (torn) throw new StorageError('storage.block-damaged', `${torn.file} ends in the middle of a block.`)
    const from = place && segment.first === place.segment ? place.offset + place.length : 0
    for (const found of scanSegment(segment.file, from)) {
      const next = index.headHeight() + 1
      if (found.type === 'torn') {
        torn = { file: segment.file, sizeBytes: found.offset }
        continue
      }
      if (found.type === 'damaged' || found.head.height !== next) {
        const reason = `Block ${next} in ${segment.file} is not as it was written.`
        throw new StorageError('storage.block-damaged', reason)
      }
      const length = ENTRY_HEAD_BYTES + found.head.length
      index.put(next, { segment: segment.first, offset: found.offset, length, digest: found.head.digest })
    }
  }
  return torn
}
