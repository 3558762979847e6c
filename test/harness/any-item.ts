import { blob, bool, type Cursor, list, optional, type Schema, text, uint } from '@medchain/core'

/** What an encoding may hold, whatever its shape. */
export type Item = number | string | boolean | null | Uint8Array | readonly Item[]

const MAX = 1 << 24

const nothing = optional(uint())

const writeItem = (item: Item): void => {
  if (item === null) nothing.write(undefined)
  else if (typeof item === 'number') uint().write(item)
  else if (typeof item === 'string') text(MAX).write(item)
  else if (typeof item === 'boolean') bool.write(item)
  else if (item instanceof Uint8Array) blob(MAX).write(item)
  else list(anyItem, MAX).write(item)
}

const readAs: Readonly<Record<number, (cursor: Cursor) => Item>> = {
  2: blob(MAX).read,
  3: text(MAX).read,
  4: (cursor) => list(anyItem, MAX).read(cursor),
  7: (cursor) => (cursor.data[cursor.at] === 0xf6 ? (nothing.read(cursor) ?? null) : bool.read(cursor)),
}

/** Every item there is: for tests that look into bytes without regard to what they mean. */
export const anyItem: Schema<Item> = {
  write: writeItem,
  read: (cursor) => (readAs[(cursor.data[cursor.at] ?? 0) >> 5] ?? uint().read)(cursor),
}
