import { HASH_BYTES } from './hash.ts'
import { sha256, sha256Into } from './sha256.ts'

const LEAF = 0
const NODE = 1
const pair = new Uint8Array(1 + 2 * HASH_BYTES)
pair[0] = NODE

/** Hashes what lies in `row`, so many bytes at a time behind the first one of `whole`, into `target`. */
const hashEach = (row: Uint8Array, count: number, whole: Uint8Array, target: Uint8Array): void => {
  const length = whole.length - 1
  let from = 0
  for (let index = 0; index < count; index++) {
    // By index: a view of each costs more than the copying (measured).
    for (let at = 1; at <= length; at++) whole[at] = row[from++] as number
    sha256Into(whole, target, index * HASH_BYTES)
  }
}

/**
 * RFC 6962 §2.1: the root over leaves of `length` bytes each that lie in a row, as `rootFromLeafHashes` of their hashes
 * has it; no array is made for a leaf or a node.
 */
export const rootOfRow = (row: Uint8Array, length: number): Uint8Array => {
  let count = row.length / length
  if (count === 0) return sha256(row)
  const leaf = new Uint8Array(1 + length)
  leaf[0] = LEAF
  const level = new Uint8Array(count * HASH_BYTES)
  hashEach(row, count, leaf, level)
  while (count > 1) {
    const pairs = Math.floor(count / 2)
    // A pair lies behind where its hash goes.
    hashEach(level, pairs, pair, level)
    if (count % 2 === 1) level.copyWithin(pairs * HASH_BYTES, (count - 1) * HASH_BYTES, count * HASH_BYTES)
    count = pairs + (count % 2)
  }
  return level.slice(0, HASH_BYTES)
}
