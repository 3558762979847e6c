import { BUCKET_COUNT } from '@medchain/core'
import type { Database } from 'lmdb'
import type { StorageError } from '../storage-error.ts'
import { dividePack, encodePack, openPack, type Pack, type PackedBucket } from './pack.ts'

/** A pack to be written, or with no value to be removed. */
export interface PackWrite {
  readonly first: number
  readonly value: Buffer | undefined
}

/** Buckets that follow one another lie in packs, each under the index of its first bucket. */
export interface PackTable {
  /** As it was given, undefined for an empty one; throws `storage.state-damaged`. */
  readonly readContent: (index: number) => Uint8Array | undefined
  /** Every bucket that holds something, and one of each pack that cannot be read. */
  readonly indices: () => readonly number[]
  /** First bucket of the pack that `index` belongs to, and of the one after it. */
  readonly rangeOf: (index: number) => readonly [first: number, end: number]
  /** All that the pack holds that begins with `first`; its bytes are valid until the next reading. */
  readonly readPack: (first: number) => readonly PackedBucket[]
  /** Puts buckets in place of the pack that begins with `first`; read from memory until `settle`. */
  readonly replace: (first: number, buckets: readonly PackedBucket[]) => readonly PackWrite[]
  /** What `replace` gave is in the database. */
  readonly settle: () => void
}

export const packWrites = (first: number, buckets: readonly PackedBucket[]): readonly PackWrite[] =>
  dividePack(first, buckets).map((range) => ({
    first: range.first,
    value: range.buckets.length === 0 ? undefined : encodePack(range.first, range.buckets),
  }))

/** Within a transaction. */
export const putPacks = (database: Database<Buffer, number>, writes: readonly PackWrite[]): void => {
  for (const { first, value } of writes) {
    if (value) database.put(first, value)
    else database.remove(first)
  }
}

/** A pack begins at every so many buckets at least, so that a young state is not one pack. */
const PACK_BUCKETS_MAX = 1024

const firstsWith = (stored: Iterable<number>): number[] => {
  const firsts = new Set(stored)
  for (let first = 0; first < BUCKET_COUNT; first += PACK_BUCKETS_MAX) firsts.add(first)
  return [...firsts].sort((a, b) => a - b)
}

export const createPackTable = (
  database: Database<Buffer, number>,
  damaged: (what: string) => StorageError,
): PackTable => {
  const firsts = firstsWith(database.getKeys())
  let unwritten = new Map<number, Buffer | undefined>()

  /** Of the last pack that does not begin above `index`. */
  const placeOf = (index: number): number => {
    let [low, high] = [0, firsts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((firsts[middle] as number) <= index) low = middle
      else high = middle
    }
    return low
  }
  const endAt = (place: number): number => firsts[place + 1] ?? BUCKET_COUNT

  const openAt = (first: number, stored: Uint8Array | undefined): Pack | undefined => {
    const pack = stored && openPack(first, stored)
    if (stored && !pack) throw damaged(`bucket ${first} or one that follows it`)
    return pack
  }
  /** The pack that was read twice in a row, as whoever reads all of them does. */
  let kept: { readonly first: number; readonly pack: Pack | undefined } | undefined
  let lastFirst = -1
  const storedAt = (first: number): Uint8Array | undefined => {
    const stored = unwritten.has(first) ? unwritten.get(first) : database.getBinaryFast(first)
    // What LMDB gives is a longer buffer that says to be shorter.
    return stored && new Uint8Array(stored.buffer, stored.byteOffset, stored.length)
  }
  /** Valid until the next reading of another one. */
  const packAt = (first: number): Pack | undefined => {
    if (kept?.first === first) return kept.pack
    const stored = storedAt(first)
    if (lastFirst !== first) {
      lastFirst = first
      return openAt(first, stored)
    }
    kept = { first, pack: openAt(first, stored?.slice()) }
    return kept.pack
  }
  const contentIn = (pack: Pack | undefined, index: number): Uint8Array | undefined => {
    const content = pack?.contentOf(index)
    if (content === 'damaged') throw damaged(`bucket ${index}`)
    return content
  }

  return {
    readContent: (index) => {
      const content = contentIn(packAt(firsts[placeOf(index)] as number), index)
      return content && new Uint8Array(content)
    },
    readPack: (first) => {
      const pack = openAt(first, storedAt(first))
      const indices = pack?.indices() ?? []
      return indices.map((index) => ({ index, content: contentIn(pack, index) as Uint8Array }))
    },
    indices: () =>
      firsts.flatMap((first) => {
        try {
          return packAt(first)?.indices() ?? []
        } catch {
          return [first]
        }
      }),
    rangeOf: (index) => {
      const place = placeOf(index)
      return [firsts[place] as number, endAt(place)]
    },
    replace: (first, buckets) => {
      const writes = packWrites(first, buckets)
      kept = undefined
      for (const write of writes) unwritten.set(write.first, write.value)
      firsts.splice(placeOf(first), 1, ...writes.map((write) => write.first))
      return writes
    },
    settle: () => {
      unwritten = new Map()
    },
  }
}
