import { bytesFromUint, nameFromBytes, uintFromBytes } from '@medchain/core'
import type { Database, RootDatabase } from 'lmdb'
import { written } from './written.ts'

/** Random keys in one write; more would cost ten times as much each. */
const PUTS_MAX = 1000
/** Ids that only memory has: a start reads their blocks again. */
const UNWRITTEN_MAX = 8192
/** Blocks of a quiet network that a start reads again at most, when they are written as they come. */
const BLOCKS_UNWRITTEN_MAX = 4096
/** Ids are written a sixteenth of them at a time, by their first four bits: neighbours share the pages that a write copies. */
const SHARES = 16
/** Of an id, as the key: two that agree in 128 bits are not to be found. */
const KEY_BYTES = 16
/** In messages about its writes. */
const NAME = 'the index of transactions'
const INDEXED_HEIGHT = 'transactions-height'

export interface TransactionIndex {
  /** Height that committed the transaction. */
  heightOf(txId: Uint8Array): number | undefined
  add(height: number, txIds: readonly Uint8Array[]): void
  /** Adds what a block below the newest held, once it can be read again; resolves when it is on disk. */
  restore(height: number, txIds: readonly Uint8Array[]): Promise<void>
  /** Height up to which everything is on disk. */
  indexedHeight(): number
  /** Writes some of what was added once that is much, or was added over many blocks; resolves when it is on disk. */
  relieve(): Promise<void>
  /** Writes what was added since; resolves when it is on disk. */
  flush(): Promise<void>
}

interface Entry {
  readonly txId: Uint8Array
  readonly height: number
}

type Entries = ReadonlyMap<string, Entry>

/** By name; heights do not decrease from one to the next. */
const createShares = () => {
  const shares = Array.from({ length: SHARES }, () => new Map<string, Entry>())
  const shareOf = (txId: Uint8Array): Map<string, Entry> =>
    shares[(txId[0] as number) >> 4] as Map<string, Entry>
  return {
    get: (txId: Uint8Array, name: string) => shareOf(txId).get(name),
    add: (entry: Entry) => void shareOf(entry.txId).set(nameFromBytes(entry.txId), entry),
    size: () => shares.reduce((sum, { size }) => sum + size, 0),
    /** The first share from `from` on that has something, or an empty one. */
    take: (from: number): { readonly share: number; readonly entries: Entries } => {
      let share = from
      for (let seen = 1; seen < SHARES && shares[share]?.size === 0; seen++) share = (share + 1) % SHARES
      const entries = shares[share] as Map<string, Entry>
      shares[share] = new Map()
      return { share, entries }
    },
    lowestHeight: (): number | undefined => {
      const heights = shares.flatMap((share) => share.values().next().value?.height ?? [])
      return heights.length === 0 ? undefined : Math.min(...heights)
    },
  }
}

export const transactionKeyOf = (txId: Uint8Array): Uint8Array => txId.subarray(0, KEY_BYTES)
const encodeHeight = (height: number): Buffer => Buffer.from(bytesFromUint(height, 6))

/** Transaction id → height. What was not written at a crash is read again from the blocks. */
export const createTransactionIndex = (
  root: RootDatabase<Buffer, string>,
  database: Database<Buffer, Uint8Array>,
): TransactionIndex => {
  const unwritten = createShares()
  const stored = root.get(INDEXED_HEIGHT)
  let indexed = stored ? uintFromBytes(stored) : 0
  let added = indexed
  let underWay: Entries = new Map()
  let next = 0
  let writing: Promise<void> = Promise.resolve()

  const putAll = async (entries: readonly Entry[], height?: number): Promise<void> => {
    const sorted = entries.toSorted((a, b) => Buffer.compare(a.txId, b.txId))
    for (let start = 0; start === 0 || start < sorted.length; start += PUTS_MAX) {
      const putSome = root.transaction(() => {
        for (const entry of sorted.slice(start, start + PUTS_MAX))
          database.put(transactionKeyOf(entry.txId), encodeHeight(entry.height))
        const isLast = start + PUTS_MAX >= sorted.length
        if (isLast && height !== undefined) root.put(INDEXED_HEIGHT, encodeHeight(height))
      })
      await written(NAME, putSome)
    }
  }

  const writeShare = async (): Promise<void> => {
    const { share, entries } = unwritten.take(next)
    next = (share + 1) % SHARES
    underWay = entries
    const lowest = unwritten.lowestHeight()
    const height = lowest === undefined ? added : lowest - 1
    await putAll([...entries.values()], height)
    await written(NAME, root.flushed)
    indexed = height
    underWay = new Map()
  }
  const writeWhile = (isMore: () => boolean): Promise<void> => {
    writing = writing.then(async () => {
      while (isMore()) await writeShare()
    })
    return writing
  }

  return {
    heightOf: (txId) => {
      const name = nameFromBytes(txId)
      const waiting = unwritten.get(txId, name) ?? underWay.get(name)
      if (waiting) return waiting.height
      const found = database.get(transactionKeyOf(txId))
      return found && uintFromBytes(found)
    },
    add: (height, txIds) => {
      for (const txId of txIds) unwritten.add({ txId, height })
      added = height
    },
    restore: async (height, txIds) => {
      await putAll(txIds.map((txId) => ({ txId, height })))
      await written(NAME, root.flushed)
    },
    indexedHeight: () => indexed,
    relieve: () =>
      writeWhile(() => unwritten.size() > UNWRITTEN_MAX || added - indexed > BLOCKS_UNWRITTEN_MAX),
    flush: () => writeWhile(() => unwritten.size() > 0 || indexed < added),
  }
}
