import { bytesFromUint, hexFromBytes, uintFromBytes } from '@medchain/core'
import type { Database, RootDatabase } from 'lmdb'
import { written } from './written.ts'

/** Random keys in one write; more would cost ten times as much each. */
const PUTS_MAX = 1000
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
  /** Writes what was added since; resolves when it is on disk. */
  flush(): Promise<void>
}

interface Entry {
  readonly txId: Uint8Array
  readonly height: number
}

/** Transaction id → height. What was not written at a crash is read again from the blocks. */
export const createTransactionIndex = (
  root: RootDatabase<Buffer, string>,
  database: Database<Buffer, Uint8Array>,
): TransactionIndex => {
  const unwritten = new Map<string, Entry>()
  const stored = root.get(INDEXED_HEIGHT)
  let indexed = stored ? uintFromBytes(stored) : 0
  let added = indexed
  let writing: Promise<void> = Promise.resolve()

  const putAll = async (entries: readonly (readonly [string, Entry])[]): Promise<void> => {
    for (let start = 0; start < entries.length; start += PUTS_MAX) {
      const putSome = root.transaction(() => {
        for (const [, { txId, height }] of entries.slice(start, start + PUTS_MAX)) {
          database.put(txId, Buffer.from(bytesFromUint(height, 6)))
        }
      })
      await written(NAME, putSome)
    }
  }

  const write = async (): Promise<void> => {
    const entries = [...unwritten]
    const upTo = added
    if (upTo === indexed) return
    await putAll(entries)
    await written(NAME, root.put(INDEXED_HEIGHT, Buffer.from(bytesFromUint(upTo, 6))))
    await written(NAME, root.flushed)
    indexed = upTo
    for (const [name] of entries) unwritten.delete(name)
  }

  return {
    heightOf: (txId) => {
      const waiting = unwritten.get(hexFromBytes(txId))
      if (waiting) return waiting.height
      const found = database.get(txId)
      return found && uintFromBytes(found)
    },
    add: (height, txIds) => {
      for (const txId of txIds) unwritten.set(hexFromBytes(txId), { txId, height })
      added = height
    },
    restore: async (height, txIds) => {
      await putAll(txIds.map((txId) => [hexFromBytes(txId), { txId, height }] as const))
      await written(NAME, root.flushed)
    },
    indexedHeight: () => indexed,
    flush: () => {
      writing = writing.then(write)
      return writing
    },
  }
}
