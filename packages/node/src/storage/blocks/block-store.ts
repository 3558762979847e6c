import { closeSync, openSync, readSync } from 'node:fs'
import { rm, stat, truncate } from 'node:fs/promises'
import type { BlockStorePort, StoredBlock } from '@medchain/core'
import { syncFolder } from '../../keystore/index.ts'
import { StorageError, writeError } from '../storage-error.ts'
import { writeAt } from '../write-at.ts'
import type { BlockIndex, BlockPlace } from './block-index.ts'
import { createHealedBlocks } from './healed-blocks.ts'
import { readLowestHeight, writeLowestHeight } from './lowest-height.ts'
import { reconcileIndex } from './reconcile-index.ts'
import { ENTRY_HEAD_BYTES, encodeEntry, openEntry, readEntryHead } from './segment-entry.ts'
import { listSegments, type Segment, segmentOf, segmentsBelow } from './segment-files.ts'

const SEGMENT_SIZE_BYTES = 64 * 1024 * 1024

export interface BlockStore extends BlockStorePort {
  /** Nothing below is kept; 1 unless blocks were dropped or the node began with a snapshot. */
  readonly lowestHeight: () => number
  /** Throws `storage.block-damaged`, naming file and height, for a block that is not as it was written. */
  readonly readBlock: (height: number) => Uint8Array | undefined
  /** Consecutive heights above the head, durable when it resolves. */
  readonly append: (blocks: readonly StoredBlock[]) => Promise<void>
  /** Keeps a sound copy of a block whose place is damaged; durable when it resolves. The caller has verified it. */
  readonly heal: (block: StoredBlock) => Promise<void>
  /** Deletes the segments that hold nothing from `height` on; gives the bytes that came free. Never the newest one. */
  readonly prune: (height: number) => Promise<number>
  readonly close: () => Promise<void>
}

export interface BlockStoreOptions {
  readonly folder: string
  readonly index: BlockIndex
  readonly segmentSizeBytes?: number
}

const damaged = (file: string, height: number): StorageError =>
  new StorageError('storage.block-damaged', `Block ${height} in ${file} is not as it was written.`)

const createReader = (folder: string) => {
  let opened: { readonly segment: number; readonly fd: number } | undefined
  const fdOf = (segment: number): number => {
    if (opened?.segment === segment) return opened.fd
    if (opened) closeSync(opened.fd)
    opened = { segment, fd: openSync(segmentOf(folder, segment).file, 'r') }
    return opened.fd
  }
  return {
    read: (height: number, place: BlockPlace): Uint8Array => {
      const { file } = segmentOf(folder, place.segment)
      const entry = new Uint8Array(place.length)
      try {
        if (readSync(fdOf(place.segment), entry, 0, place.length, place.offset) !== place.length) {
          throw damaged(file, height)
        }
      } catch (error) {
        throw error instanceof StorageError ? error : damaged(file, height)
      }
      const payload = openEntry(entry)
      if (!payload || readEntryHead(entry)?.height !== height) throw damaged(file, height)
      return payload
    },
    close: () => {
      if (opened) closeSync(opened.fd)
      opened = undefined
    },
  }
}

/** Appends to the newest segment; a new one begins when that is full. */
const createAppender = async (folder: string, sizeBytesMax: number, onWritten: BlockIndex['put']) => {
  let segment: Segment | undefined = listSegments(folder).at(-1)
  let fd = segment && openSync(segment.file, 'a')
  let size = segment ? (await stat(segment.file)).size : 0

  const begin = async (first: number): Promise<{ segment: Segment; fd: number }> => {
    if (segment && fd !== undefined && size < sizeBytesMax) return { segment, fd }
    if (fd !== undefined) closeSync(fd)
    segment = segmentOf(folder, first)
    fd = openSync(segment.file, 'a', 0o600)
    await syncFolder(folder)
    size = 0
    return { segment, fd }
  }

  return {
    append: async (blocks: readonly StoredBlock[]): Promise<void> => {
      const first = blocks[0]
      if (!first) return
      const current = await begin(first.height)
      const entries = blocks.map(({ height, bytes }) => ({ height, entry: encodeEntry(height, bytes) }))
      try {
        await writeAt(current.fd, Buffer.concat(entries.map(({ entry }) => entry)), size)
      } catch (error) {
        throw writeError(current.segment.file, error)
      }
      for (const { height, entry } of entries) {
        const digest = entry.slice(ENTRY_HEAD_BYTES - 32, ENTRY_HEAD_BYTES)
        onWritten(height, { segment: current.segment.first, offset: size, length: entry.length, digest })
        size += entry.length
      }
    },
    close: () => {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    },
  }
}

/** Committed blocks in append-only files; a torn tail is cut here, damage before it is met when a block is read. */
export const openBlockStore = async (options: BlockStoreOptions): Promise<BlockStore> => {
  const { folder, index } = options
  let lowest = readLowestHeight(folder)
  // A crash between the note and the deletion leaves them.
  for (const { file } of segmentsBelow(folder, lowest)) await rm(file)
  index.removeBelow(lowest)
  const cut = reconcileIndex(folder, index, lowest)
  if (cut) await truncate(cut.file, cut.sizeBytes)
  const appender = await createAppender(folder, options.segmentSizeBytes ?? SEGMENT_SIZE_BYTES, index.put)
  const reader = createReader(folder)
  const healed = createHealedBlocks(folder)
  const read = (height: number): Uint8Array | undefined => {
    const place = height < lowest ? undefined : index.get(height)
    try {
      return place && reader.read(height, place)
    } catch (error) {
      const copy = healed.read(height)
      if (copy) return copy
      throw error
    }
  }
  return {
    headHeight: index.headHeight,
    lowestHeight: () => lowest,
    readBlock: read,
    heal: ({ height, bytes }) => healed.write(height, bytes),
    append: async (blocks) => {
      const expected = index.headHeight() + 1
      const isNext = blocks.every(({ height }, position) => height === expected + position)
      if (!isNext) throw new StorageError('storage.gap', `Block ${expected} has to be stored next.`)
      await appender.append(blocks)
    },
    prune: async (height) => {
      const dropped = segmentsBelow(folder, height)
      const kept = listSegments(folder)[dropped.length]
      if (dropped.length === 0 || !kept || kept.first <= lowest) return 0
      await writeLowestHeight(folder, kept.first)
      lowest = kept.first
      reader.close()
      let freedBytes = 0
      for (const { file } of dropped) {
        freedBytes += (await stat(file)).size
        await rm(file)
      }
      index.removeBelow(lowest)
      await healed.removeBelow(lowest)
      return freedBytes
    },
    close: async () => {
      reader.close()
      appender.close()
      await index.flush()
    },
  }
}
