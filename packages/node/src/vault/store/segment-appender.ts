import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { assertInvariant } from '@medchain/core'
import { nodeCiphers, syncFolder } from '../../keystore/index.ts'
import { type EntryHead, encodeHead, entryBytesOf, writeEntry } from './entry-codec.ts'
import type { FileCache } from './file-cache.ts'
import { writeKeyFile } from './key-file.ts'
import { keyTreeFromSeed, LEAVES_MAX } from './key-tree.ts'
import { createSegment, placeEntry, type Segment, scanHeads } from './segment.ts'
import { writeListing } from './segment-listing.ts'
import type { PlacedHead } from './segment-scan.ts'
import { type Position, positionOf } from './value-index.ts'
import type { ValueEntry } from './value-name.ts'
import { writeFully } from './write-fully.ts'

const RUN_BYTES = 1024 * 1024

/** A value about to be written. */
export interface NewEntry extends ValueEntry {
  readonly isLarge: boolean
  /** 12 random bytes. */
  readonly nonce: Uint8Array
}

export interface SegmentAppender {
  /** Writes the entries in order and syncs; their positions. */
  readonly append: (entries: readonly NewEntry[]) => Promise<Position[]>
  /** Positions of entries that were written before `append` failed, each named once: nobody knows of them. */
  readonly takeAbandoned: () => readonly Position[]
  readonly isActive: (segment: Segment) => boolean
  readonly close: () => Promise<void>
}

export interface AppenderParts {
  readonly folder: string
  readonly masterKey: Uint8Array
  readonly segments: Map<number, Segment>
  readonly files: FileCache
  readonly segmentBytesMax: number
}

const headOf = (entry: NewEntry, leaf: number): EntryHead => ({
  kind: entry.kind,
  key: entry.key,
  isLarge: entry.isLarge,
  nonce: entry.nonce,
  leaf,
  valueBytes: entry.value.length,
})

interface SealedRun {
  readonly placed: readonly PlacedHead[]
  readonly bytes: Buffer
}

/** The next entries, as many as fit into the segment and one write, sealed under its storage keys. */
const sealRun = (
  segment: Segment,
  entries: readonly NewEntry[],
  start: { readonly leaf: number; readonly offset: number },
  segmentBytesMax: number,
): SealedRun => {
  const placed: PlacedHead[] = []
  let end = start.offset
  while (placed.length < entries.length && end - start.offset < RUN_BYTES) {
    const leaf = start.leaf + placed.length
    const head = headOf(entries[placed.length] as NewEntry, leaf)
    if (leaf >= LEAVES_MAX || (end > 0 && end + entryBytesOf(head) > segmentBytesMax)) break
    placed.push({ head, offset: end })
    end += entryBytesOf(head)
  }
  const bytes = Buffer.alloc(end - start.offset)
  for (const [index, { head, offset }] of placed.entries()) {
    const key = segment.tree?.keyOf(head.leaf)
    assertInvariant(key !== undefined, 'a segment that takes entries has a key for each')
    const headBytes = encodeHead(head)
    const sealed = nodeCiphers.aesGcmSeal(key, head.nonce, headBytes, (entries[index] as NewEntry).value)
    writeEntry(bytes, offset - start.offset, head, headBytes, sealed)
  }
  return { placed, bytes }
}

/** Writes what fits into the segment, one run after another so that sealing never holds up the process for long. */
const writeFitting = async (
  segment: Segment,
  handle: FileHandle,
  entries: readonly NewEntry[],
  segmentBytesMax: number,
): Promise<SealedRun['placed']> => {
  const placed: PlacedHead[] = []
  let offset = segment.sizeBytes
  try {
    for (;;) {
      const start = { leaf: segment.leafEnd + placed.length, offset }
      const run = sealRun(segment, entries.slice(placed.length), start, segmentBytesMax)
      if (run.placed.length === 0) return placed
      await writeFully(handle, run.bytes, offset)
      placed.push(...run.placed)
      offset += run.bytes.length
    }
  } catch (error) {
    await handle.truncate(segment.sizeBytes)
    throw error
  }
}

/** Appends to the last segment and begins a new one when it is full. After a failed sync it takes nothing more. */
export const createSegmentAppender = (
  parts: AppenderParts,
  resumed: Segment | undefined,
): SegmentAppender => {
  const { folder, masterKey, segments, files, segmentBytesMax } = parts
  let active: { segment: Segment; handle: FileHandle } | undefined
  let resumable = resumed
  let failure: unknown
  let abandoned: Position[] = []

  const openActive = async (segment: Segment, flags: number) => {
    active = { segment, handle: await open(segment.valuesFile, flags, 0o600) }
    return active
  }

  const begin = async () => {
    const number = Math.max(0, ...segments.keys()) + 1
    const segment = createSegment(folder, number, keyTreeFromSeed(nodeCiphers.randomBytes(32)))
    await writeKeyFile(segment.keysFile, masterKey, number, segment.tree as NonNullable<Segment['tree']>)
    const opened = await openActive(segment, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC)
    await syncFolder(folder)
    segments.set(number, segment)
    return opened
  }

  /** Leaves the active segment with a listing beside it, unless something in it is unsound. */
  const leave = async (): Promise<void> => {
    if (active === undefined) return
    const { segment, handle } = active
    active = undefined
    await handle.close()
    const scan = await scanHeads(segment, 0, segment.sizeBytes, files)
    if (scan.badStretches.length > 0 || scan.endOffset !== segment.sizeBytes) return
    await writeListing(segment.listingFile, { entries: scan.entries, coveredBytes: segment.sizeBytes })
  }

  const current = async () => {
    if (active !== undefined) return active
    const segment = resumable
    resumable = undefined
    return segment === undefined ? begin() : openActive(segment, constants.O_RDWR)
  }

  const sync = async (handle: FileHandle): Promise<void> => {
    try {
      await handle.datasync()
    } catch (error) {
      failure = error
      throw error
    }
  }

  const appendTo = async (positions: Position[], entries: readonly NewEntry[]): Promise<void> => {
    while (positions.length < entries.length) {
      const { segment, handle } = await current()
      const placed = await writeFitting(segment, handle, entries.slice(positions.length), segmentBytesMax)
      if (placed.length === 0) {
        await leave()
        continue
      }
      await sync(handle)
      for (const entry of placed) {
        placeEntry(segment, entry)
        segment.sizeBytes = entry.offset + entryBytesOf(entry.head)
        positions.push(positionOf(segment.number, entry.head.leaf))
      }
    }
  }

  return {
    async append(entries) {
      if (failure !== undefined) throw failure
      const positions: Position[] = []
      try {
        await appendTo(positions, entries)
        return positions
      } catch (error) {
        abandoned.push(...positions)
        throw error
      }
    },
    takeAbandoned() {
      const taken = abandoned
      abandoned = []
      return taken
    },
    isActive: (segment) => active?.segment === segment || resumable === segment,
    close: leave,
  }
}
