import { readdir, rm, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { shredFile } from '../../keystore/index.ts'
import { entryBytesOf } from './entry-codec.ts'
import type { FileCache } from './file-cache.ts'
import { readKeyFile } from './key-file.ts'
import type { KeyTree } from './key-tree.ts'
import { readListing } from './segment-listing.ts'
import { type BadStretch, type PlacedHead, scanSegment } from './segment-scan.ts'

/** One append-only file of entries and the file of their storage keys. */
export interface Segment {
  readonly number: number
  readonly valuesFile: string
  readonly keysFile: string
  readonly listingFile: string
  /** Undefined when the key file is damaged: nothing of this segment opens. */
  tree: KeyTree | undefined
  /** Where whole entries end. */
  sizeBytes: number
  /** One above the highest leaf in use. */
  leafEnd: number
  /** Values that the index points to. */
  liveCount: number
  /** By leaf: offset and length of its entry; length 0 where none stands. */
  offsets: Uint32Array
  lengths: Uint32Array
}

export const createSegment = (folder: string, number: number, tree: KeyTree | undefined): Segment => {
  const stem = path.join(folder, number.toString().padStart(8, '0'))
  return {
    number,
    valuesFile: `${stem}.values`,
    keysFile: `${stem}.keys`,
    listingFile: `${stem}.heads`,
    tree,
    sizeBytes: 0,
    leafEnd: 0,
    liveCount: 0,
    offsets: new Uint32Array(0),
    lengths: new Uint32Array(0),
  }
}

const grown = (array: Uint32Array, needed: number): Uint32Array => {
  if (needed <= array.length) return array
  const larger = new Uint32Array(Math.max(needed, array.length * 2, 64))
  larger.set(array)
  return larger
}

/** Notes where an entry stands. */
export const placeEntry = (segment: Segment, { head, offset }: PlacedHead): void => {
  segment.offsets = grown(segment.offsets, head.leaf + 1)
  segment.lengths = grown(segment.lengths, head.leaf + 1)
  segment.offsets[head.leaf] = offset
  segment.lengths[head.leaf] = entryBytesOf(head)
  segment.leafEnd = Math.max(segment.leafEnd, head.leaf + 1)
}

/** Numbers of the segments in a folder, in order. */
export const segmentNumbers = async (folder: string): Promise<number[]> => {
  const names = await readdir(folder)
  const numbers = names.flatMap((name) => {
    const match = /^(\d{8,})\.values$/.exec(name)
    return match === null ? [] : [Number(match[1])]
  })
  return numbers.sort((a, b) => a - b)
}

/** Reads the heads of a segment file, from `from` on. */
export const scanHeads = (segment: Segment, from: number, sizeBytes: number, files: FileCache) =>
  scanSegment((position, length) => files.read(segment.valuesFile, position, length), from, sizeBytes)

export interface LoadedSegment {
  readonly segment: Segment
  readonly entries: readonly PlacedHead[]
  readonly badStretches: readonly BadStretch[]
  /** Bytes of a cut-off write that were removed from the end. */
  readonly cutBytes: number
  /** Whether more may be appended. */
  readonly isSound: boolean
}

/**
 * Loads keys and heads of a segment. The last segment's torn tail is cut off; in an earlier one, which was
 * complete before the next began, an unsound end is damage.
 */
export const loadSegment = async (
  folder: string,
  number: number,
  masterKey: Uint8Array,
  isLast: boolean,
  files: FileCache,
): Promise<LoadedSegment> => {
  const segment = createSegment(folder, number, undefined)
  segment.tree = await readKeyFile(segment.keysFile, masterKey, number)
  const { size } = await stat(segment.valuesFile)
  const listing = await readListing(segment.listingFile)
  const covered = listing?.coveredBytes ?? 0
  const scan = await scanHeads(segment, covered, size, files)
  const entries = [...(listing?.entries ?? []), ...scan.entries]
  for (const entry of entries) placeEntry(segment, entry)

  const badStretches = [...scan.badStretches]
  if (covered > size) badStretches.push({ offset: size, sizeBytes: covered - size })
  const tornBytes = Math.max(0, size - scan.endOffset)
  if (tornBytes > 0 && !isLast) badStretches.push({ offset: scan.endOffset, sizeBytes: tornBytes })
  const cutBytes = isLast ? tornBytes : 0
  if (cutBytes > 0) await truncate(segment.valuesFile, scan.endOffset)
  segment.sizeBytes = scan.endOffset
  const isSound = segment.tree !== undefined && badStretches.length === 0
  return { segment, entries, badStretches, cutBytes, isSound }
}

/** Removes a segment of which nothing is left; its keys go first. */
export const removeSegment = async (segment: Segment, files: FileCache): Promise<void> => {
  await shredFile(segment.keysFile)
  await files.forget(segment.valuesFile)
  await rm(segment.listingFile, { force: true })
  await rm(segment.valuesFile, { force: true })
}
