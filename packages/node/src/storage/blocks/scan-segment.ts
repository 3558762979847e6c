import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import {
  ENTRY_HEAD_BYTES,
  ENTRY_PAYLOAD_BYTES_MAX,
  type EntryHead,
  findMagic,
  openEntry,
  readEntryHead,
} from './segment-entry.ts'

export type ScannedEntry =
  | {
      readonly type: 'entry'
      readonly offset: number
      readonly head: EntryHead
      readonly payload: Uint8Array
    }
  /** The file ends in the middle of an entry, as a crash leaves it. */
  | { readonly type: 'torn'; readonly offset: number }
  /** Bytes that are no sound entry, before `resumesAt` where one begins again. */
  | { readonly type: 'damaged'; readonly offset: number; readonly resumesAt: number }

const readAt = (fd: number, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, offset + filled)
    if (read === 0) break
    filled += read
  }
  return bytes.subarray(0, filled)
}

const entryAt = (fd: number, offset: number): ScannedEntry | undefined => {
  const head = readEntryHead(readAt(fd, offset, ENTRY_HEAD_BYTES))
  if (!head) return undefined
  const payload = openEntry(readAt(fd, offset, ENTRY_HEAD_BYTES + head.length))
  return payload && { type: 'entry', offset, head, payload }
}

/**
 * Where the search for a sound entry behind the unsound bytes at `offset` begins. An entry whose head is sound is not
 * looked through, cut off or not: blocks hold bytes that clients chose, and they may look like entries.
 */
const searchFrom = (fd: number, offset: number): number => {
  let at = offset
  for (;;) {
    const head = readEntryHead(readAt(fd, at, ENTRY_HEAD_BYTES))
    if (!head || (at > offset && entryAt(fd, at))) return Math.max(at, offset + 1)
    at += ENTRY_HEAD_BYTES + head.length
  }
}

/** Offset of the next sound entry after `offset`, or -1: what tells damage from a torn tail. */
const resumeAfter = (fd: number, offset: number, size: number): number => {
  const step = ENTRY_PAYLOAD_BYTES_MAX
  for (let start = searchFrom(fd, offset); start < size; start += step) {
    const window = readAt(fd, start, step + ENTRY_HEAD_BYTES)
    for (let at = findMagic(window, 0); at >= 0 && at < step; at = findMagic(window, at + 1)) {
      if (entryAt(fd, start + at)) return start + at
    }
  }
  return -1
}

/** Every entry of a segment file from `offset` on, and what stands between them. */
export function* scanSegment(file: string, offset = 0): Generator<ScannedEntry, void> {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    let at = offset
    while (at < size) {
      const entry = entryAt(fd, at)
      if (entry?.type === 'entry') {
        yield entry
        at += ENTRY_HEAD_BYTES + entry.head.length
        continue
      }
      const resumesAt = resumeAfter(fd, at, size)
      if (resumesAt < 0) {
        yield { type: 'torn', offset: at }
        return
      }
      yield { type: 'damaged', offset: at, resumesAt }
      at = resumesAt
    }
  } finally {
    closeSync(fd)
  }
}
