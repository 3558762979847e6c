import { concatBytes, equalBytes } from '../encoding/bytes.ts'
import { createBeginnings } from './beginnings.ts'
import { sha256 } from './sha256.ts'

const LEAF = 0
const NODE = 1
const HASH_BYTES = 32
const SHORT_BYTES = 1024

// Hashing is synchronous: the next call may use the same memory.
const short = new Uint8Array(1 + SHORT_BYTES)
const beginningOf = createBeginnings(short)
const pair = new Uint8Array(1 + 2 * HASH_BYTES)

/** RFC 6962 §2.1: the hash of one leaf. */
export const leafHash = (data: Uint8Array): Uint8Array => {
  if (data.length > SHORT_BYTES) return sha256(concatBytes(Uint8Array.of(LEAF), data))
  short[0] = LEAF
  short.set(data, 1)
  return sha256(beginningOf(1 + data.length))
}

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    return sha256(concatBytes(Uint8Array.of(NODE), left, right))
  pair[0] = NODE
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return sha256(pair)
}

/** The next level up; a node without a partner goes up as it is, as RFC 6962's split leaves it. */
const levelAbove = (level: readonly Uint8Array[]): readonly Uint8Array[] => {
  const above: Uint8Array[] = []
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at] as Uint8Array
    const right = level[at + 1]
    above.push(right ? nodeHash(left, right) : left)
  }
  return above
}

const splitPoint = (size: number): number => {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** RFC 6962 §2.1: the root over already hashed leaves; the empty log hashes the empty string. */
export const rootFromLeafHashes = (leaves: readonly Uint8Array[]): Uint8Array => {
  let level = leaves
  while (level.length > 1) level = levelAbove(level)
  return level[0] ?? sha256(new Uint8Array(0))
}

/** RFC 6962 §2.1.1: the audit path of leaf `index`, nearest sibling first. */
export const inclusionPath = (leaves: readonly Uint8Array[], index: number): Uint8Array[] => {
  if (leaves.length <= 1) return []
  const split = splitPoint(leaves.length)
  return index < split
    ? [...inclusionPath(leaves.slice(0, split), index), rootFromLeafHashes(leaves.slice(split))]
    : [...inclusionPath(leaves.slice(split), index - split), rootFromLeafHashes(leaves.slice(0, split))]
}

/** Audit paths as `inclusionPath` gives them, for many leaves of one tree: every node is hashed once. */
export const createInclusionProver = (leaves: readonly Uint8Array[]): ((index: number) => Uint8Array[]) => {
  const levels: (readonly Uint8Array[])[] = [leaves]
  for (let level = leaves; level.length > 1; ) {
    level = levelAbove(level)
    levels.push(level)
  }
  return (index) =>
    levels.flatMap((level, height) => {
      const at = Math.floor(index / 2 ** height)
      const sibling = level[at % 2 === 0 ? at + 1 : at - 1]
      return sibling ? [sibling] : []
    })
}

/** RFC 9162 §2.1.3.2: whether `path` leads from the leaf hash at `index` to the root of `size` leaves. */
export const verifyInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false
  if (index < 0 || index >= size) return false
  let node = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equalBytes(hash, root)
}

/** The right edge of an append-only log: one subtree hash per set bit of `size`, largest first. */
export interface LogFrontier {
  readonly size: number
  readonly hashes: readonly Uint8Array[]
}

export const EMPTY_LOG: LogFrontier = { size: 0, hashes: [] }

/** Whether it has one hash for each set bit of its size. */
export const isFrontier = ({ size, hashes }: LogFrontier): boolean => {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits === hashes.length
}

/** The frontier after one more leaf hash. */
export const appendLeafHash = (frontier: LogFrontier, leaf: Uint8Array): LogFrontier => {
  const hashes = [...frontier.hashes]
  let carry = leaf
  for (let rest = frontier.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    carry = nodeHash(hashes.pop() as Uint8Array, carry)
  }
  hashes.push(carry)
  return { size: frontier.size + 1, hashes }
}

/** The RFC 6962 root of the log that the frontier stands for. */
export const rootFromFrontier = (frontier: LogFrontier): Uint8Array => {
  if (frontier.size === 0) return sha256(new Uint8Array(0))
  const hashes = [...frontier.hashes]
  let root = hashes.pop() as Uint8Array
  while (hashes.length > 0) root = nodeHash(hashes.pop() as Uint8Array, root)
  return root
}

/** RFC 9162 §2.1.4.2: whether the log of `secondSize` with `secondRoot` extends that of `firstSize`. */
export const verifyConsistency = (
  firstSize: number,
  secondSize: number,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean => {
  if (!Number.isSafeInteger(firstSize) || !Number.isSafeInteger(secondSize)) return false
  if (firstSize > secondSize || firstSize < 1) return false
  if (firstSize === secondSize) return path.length === 0 && equalBytes(firstRoot, secondRoot)
  const isPower = firstSize === 1 || splitPoint(firstSize) * 2 === firstSize
  const steps = isPower ? [firstRoot, ...path] : [...path]
  if (steps.length === 0) return false
  let node = firstSize - 1
  let last = secondSize - 1
  while (node % 2 === 1) {
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  let first = steps[0] as Uint8Array
  let second = first
  for (const sibling of steps.slice(1)) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      first = nodeHash(sibling, first)
      second = nodeHash(sibling, second)
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2)
        last = Math.floor(last / 2)
      }
    } else {
      second = nodeHash(second, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equalBytes(first, firstRoot) && equalBytes(second, secondRoot)
}
