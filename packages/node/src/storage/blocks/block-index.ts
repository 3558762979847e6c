import { bytesFromUint, concatBytes, createTurnoverMap, uintFromBytes } from '@medchain/core'
import type { Database } from 'lmdb'
import { written } from '../written.ts'

/** Where a block lies. */
export interface BlockPlace {
  /** First height of the segment. */
  readonly segment: number
  readonly offset: number
  /** Bytes of the whole entry. */
  readonly length: number
  readonly digest: Uint8Array
}

export interface BlockIndex {
  /** Highest height known, 0 when there is none. */
  headHeight(): number
  get(height: number): BlockPlace | undefined
  put(height: number, place: BlockPlace): void
  /** Forgets every height above. */
  truncate(height: number): void
  /** Forgets every height below. */
  removeBelow(height: number): void
  /** The head of an index without any height. */
  beginAbove(height: number): void
  /** Resolves when everything put so far is on disk. */
  flush(): Promise<void>
}

const encodePlace = (place: BlockPlace): Buffer =>
  Buffer.from(
    concatBytes(
      bytesFromUint(place.segment, 6),
      bytesFromUint(place.offset, 6),
      bytesFromUint(place.length, 4),
      place.digest,
    ),
  )

const decodePlace = (bytes: Uint8Array): BlockPlace => ({
  segment: uintFromBytes(bytes.subarray(0, 6)),
  offset: uintFromBytes(bytes.subarray(6, 12)),
  length: uintFromBytes(bytes.subarray(12, 16)),
  digest: bytes.slice(16),
})

/** A write of LMDB costs the same for one block and for many: what a crash takes is read again from the segments. */
const WRITTEN_AT_ONCE = 64

/** Height → place, in LMDB; what is not yet written there is held in memory. */
export const createBlockIndex = (
  database: Database<Buffer, number>,
  onError: (error: unknown) => void,
): BlockIndex => {
  const unwritten = createTurnoverMap<number, BlockPlace>()
  /** Of these, those whose write has not begun. */
  let waiting = new Map<number, BlockPlace>()
  let head = 0
  for (const height of database.getKeys({ reverse: true, limit: 1 })) head = height

  const write = (): void => {
    for (const [height, place] of waiting) {
      database.put(height, encodePlace(place)).then(() => unwritten.delete(height), onError)
    }
    waiting = new Map()
  }
  const forget = (isForgotten: (height: number) => boolean): void => {
    for (const height of [...unwritten.keys()].filter(isForgotten)) {
      unwritten.delete(height)
      waiting.delete(height)
    }
  }

  return {
    headHeight: () => head,
    get: (height) => {
      const known = unwritten.get(height)
      if (known || height > head) return known
      const stored = database.get(height)
      return stored && decodePlace(stored)
    },
    put: (height, place) => {
      head = height
      unwritten.set(height, place)
      waiting.set(height, place)
      if (waiting.size >= WRITTEN_AT_ONCE) write()
    },
    truncate: (height) => {
      forget((above) => above > height)
      for (const above of [...database.getKeys({ start: height + 1 })]) database.removeSync(above)
      head = height
    },
    removeBelow: (height) => {
      forget((below) => below < height)
      for (const below of database.getKeys({ end: height })) database.remove(below).catch(onError)
    },
    beginAbove: (height) => {
      head = Math.max(head, height)
    },
    flush: async () => {
      write()
      await written('the index of blocks', database.flushed)
    },
  }
}
