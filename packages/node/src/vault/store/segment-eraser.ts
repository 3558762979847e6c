import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { decodeHead, HEAD_BYTES_MAX, headBytesOf } from './entry-codec.ts'
import type { FileCache } from './file-cache.ts'
import { writeKeyFile } from './key-file.ts'
import { removeSegment, type Segment } from './segment.ts'
import { leafOf, type Position, segmentOf } from './value-index.ts'
import { writeFully } from './write-fully.ts'

export interface EraserParts {
  readonly masterKey: Uint8Array
  readonly segments: Map<number, Segment>
  readonly files: FileCache
  readonly largeFileOf: (nonce: Uint8Array) => string
  readonly isActive: (segment: Segment) => boolean
}

interface ErasedEntry {
  readonly leaf: number
  readonly valueOffset: number
  readonly valueBytes: number
  readonly largeFile: string | undefined
}

const entriesOf = async (
  parts: EraserParts,
  segment: Segment,
  leaves: readonly number[],
): Promise<ErasedEntry[]> => {
  const entries: ErasedEntry[] = []
  for (const leaf of leaves) {
    const offset = segment.offsets[leaf] as number
    const length = segment.lengths[leaf] as number
    if (length === 0) continue
    const head = decodeHead(
      await parts.files.read(segment.valuesFile, offset, Math.min(length, HEAD_BYTES_MAX)),
    )
    const skip = head === undefined ? 0 : headBytesOf(head)
    entries.push({
      leaf,
      valueOffset: offset + skip,
      valueBytes: head === undefined ? length : head.valueBytes,
      largeFile: head?.isLarge === true ? parts.largeFileOf(head.nonce) : undefined,
    })
  }
  return entries
}

const overwriteValues = async (segment: Segment, entries: readonly ErasedEntry[]): Promise<void> => {
  const handle = await open(segment.valuesFile, constants.O_RDWR)
  try {
    for (const { valueOffset, valueBytes } of entries) {
      await writeFully(handle, Buffer.alloc(valueBytes), valueOffset)
    }
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

const eraseInSegment = async (
  parts: EraserParts,
  segment: Segment,
  leaves: readonly number[],
): Promise<void> => {
  const entries = await entriesOf(parts, segment, leaves)
  if (segment.liveCount === 0 && !parts.isActive(segment)) {
    await removeSegment(segment, parts.files)
    parts.segments.delete(segment.number)
  } else {
    const tree = segment.tree?.without(leaves)
    if (tree !== undefined) await writeKeyFile(segment.keysFile, parts.masterKey, segment.number, tree)
    segment.tree = tree
    await overwriteValues(segment, entries)
    for (const { leaf } of entries) segment.lengths[leaf] = 0
  }
  for (const { largeFile } of entries) if (largeFile !== undefined) await rm(largeFile, { force: true })
}

/**
 * Destroys values that the index no longer points to: their storage keys first, durably, then their
 * ciphertext. One key file is rewritten per segment, whatever the number of values. May be repeated.
 */
export const erasePositions = async (parts: EraserParts, positions: readonly Position[]): Promise<void> => {
  const bySegment = new Map<number, number[]>()
  for (const position of positions) {
    const leaves = bySegment.get(segmentOf(position)) ?? []
    leaves.push(leafOf(position))
    bySegment.set(segmentOf(position), leaves)
  }
  for (const [number, leaves] of bySegment) {
    const segment = parts.segments.get(number)
    if (segment !== undefined) await eraseInSegment(parts, segment, leaves)
  }
}
