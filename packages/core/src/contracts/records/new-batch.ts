import { rootOfRow } from '../../crypto/row-root.ts'
import { concatBytes, decode, ok, type Result } from '../../encoding/index.ts'
import { type Anchoring, anchoringSchema } from './anchoring.ts'
import { anchorsRootOf, RECORDS_PER_BATCH_MAX } from './tables.ts'

/** A batch as the rules see it: of its anchors they need how many there are and their root. */
export interface NewBatch extends Omit<Anchoring, 'anchors'> {
  readonly count: number
  /** RFC 6962 root over the encoded anchors, computed when it is first asked for. */
  readonly anchorsRoot: () => Uint8Array
}

export const newBatchOf = ({ anchors, ...batch }: Anchoring): NewBatch => ({
  ...batch,
  count: anchors.length,
  anchorsRoot: () => anchorsRootOf(anchors),
})

const LIST_HEAD = 0x80
const EMPTY_LIST = Uint8Array.of(LIST_HEAD)
/** Head of the structure, chart, batch id and nonce, each of one length. */
const EPOCH_AT = 1 + 34 + 17 + 17
/** An encoded anchor: a list of three, and three times a head of two bytes with 32 bytes behind it. */
const ANCHOR_BYTES = 1 + 3 * 34

const isAnchorAt = (data: Uint8Array, at: number): boolean =>
  data[at] === 0x83 &&
  data[at + 1] === 0x58 &&
  data[at + 2] === 0x20 &&
  data[at + 35] === 0x58 &&
  data[at + 36] === 0x20 &&
  data[at + 69] === 0x58 &&
  data[at + 70] === 0x20

/** Where the list of anchors begins, if the data are those of an anchoring. */
const listStart = (data: Uint8Array): number => {
  const info = (data[EPOCH_AT] ?? 0) & 31
  return EPOCH_AT + (info < 24 ? 1 : 1 + 2 ** (info - 24))
}

/** How many members a list in its shortest form has, and where they begin; undefined for anything else. */
const listHead = (data: Uint8Array, at: number): readonly [count: number, start: number] | undefined => {
  const head = data[at] ?? 0
  if (head >= LIST_HEAD && head < LIST_HEAD + 24) return [head - LIST_HEAD, at + 1]
  const count = head === 0x98 ? (data[at + 1] ?? 0) : (data[at + 1] ?? 0) * 256 + (data[at + 2] ?? 0)
  if (head === 0x98 && count >= 24) return [count, at + 2]
  return head === 0x99 && count >= 256 ? [count, at + 3] : undefined
}

/** The anchors in a row, each as it is encoded; undefined for anything but a list of anchors that ends the data. */
const anchorsIn = (data: Uint8Array, at: number): Uint8Array | undefined => {
  const [count, start] = listHead(data, at) ?? [RECORDS_PER_BATCH_MAX + 1, 0]
  if (count > RECORDS_PER_BATCH_MAX || data.length !== start + count * ANCHOR_BYTES) return undefined
  for (let next = start; next < data.length; next += ANCHOR_BYTES)
    if (!isAnchorAt(data, next)) return undefined
  return data.subarray(start)
}

/**
 * Reads an encoded `Anchoring` and refuses what its schema refuses. Anchors have one encoding of one length, so that
 * their leaves are hashed where they lie: to make a value of each and encode it again takes longer than all else that
 * is judged of them (measured).
 */
export const readNewBatch = (payload: Uint8Array): Result<NewBatch> => {
  const listAt = listStart(payload)
  const row = anchorsIn(payload, listAt)
  const head = row && decode(anchoringSchema, concatBytes(payload.subarray(0, listAt), EMPTY_LIST))
  if (row === undefined || !head?.ok) {
    const whole = decode(anchoringSchema, payload)
    return whole.ok ? ok(newBatchOf(whole.value)) : whole
  }
  const { anchors: _, ...batch } = head.value
  let root: Uint8Array | undefined
  const anchorsRoot = (): Uint8Array => {
    root ??= rootOfRow(row, ANCHOR_BYTES)
    return root
  }
  return ok({ ...batch, count: row.length / ANCHOR_BYTES, anchorsRoot })
}
