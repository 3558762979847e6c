import { compareBytes } from '@medchain/core'
import { LEAVES_MAX } from './key-tree.ts'
import type { ValueKind, ValueName } from './value-name.ts'

/** Where a value lies: segment number × 65,536 + leaf. */
export type Position = number

export const positionOf = (segment: number, leaf: number): Position => segment * LEAVES_MAX + leaf
export const segmentOf = (position: Position): number => Math.floor(position / LEAVES_MAX)
export const leafOf = (position: Position): number => position % LEAVES_MAX

// One byte a character: half the memory of text, and prefixes compare as bytes do.
const textOf = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')

/** Names to positions, in memory; about 100 bytes a value. */
export interface ValueIndex {
  readonly get: (name: ValueName) => Position | undefined
  readonly set: (name: ValueName, position: Position) => void
  readonly delete: (name: ValueName) => void
  /** Keys of a kind that begin with `prefix`, in the order of their bytes. */
  readonly list: (kind: ValueKind, prefix: Uint8Array) => Uint8Array[]
  readonly names: (kind: ValueKind) => Iterable<[Uint8Array, Position]>
  readonly size: (kind: ValueKind) => number
}

export const createValueIndex = (): ValueIndex => {
  const kinds = new Map<ValueKind, Map<string, Position>>()
  const of = (kind: ValueKind): Map<string, Position> => {
    const known = kinds.get(kind)
    if (known !== undefined) return known
    const positions = new Map<string, Position>()
    kinds.set(kind, positions)
    return positions
  }
  const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
  return {
    get: ({ kind, key }) => of(kind).get(textOf(key)),
    set: ({ kind, key }, position) => void of(kind).set(textOf(key), position),
    delete: ({ kind, key }) => void of(kind).delete(textOf(key)),
    list(kind, prefix) {
      const start = textOf(prefix)
      const keys: Uint8Array[] = []
      for (const text of of(kind).keys()) if (text.startsWith(start)) keys.push(bytesOf(text))
      return keys.sort(compareBytes)
    },
    *names(kind) {
      for (const [text, position] of of(kind)) yield [bytesOf(text), position]
    },
    size: (kind) => of(kind).size,
  }
}
