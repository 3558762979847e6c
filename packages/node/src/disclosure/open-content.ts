import {
  concatBytes,
  createRecordOpener,
  didFromAccountId,
  ok,
  openRecord,
  type RecordAnchor,
  type RecordHeader,
  type Refusal,
  type Result,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { HeldPlaintext } from './read-request.ts'

/** Larger contents are not held in memory. */
export const HELD_BYTES_MAX = 8 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024

/** Everything that opens one record's content. */
export interface ContentKeys {
  readonly networkId: Uint8Array
  readonly recordId: Uint8Array
  readonly anchor: RecordAnchor
  readonly header: RecordHeader
  readonly k1: Uint8Array
  readonly k2: Uint8Array
}

export type FetchChunk = (offset: number, length: number) => Promise<Result<Uint8Array>>

/** A refusal that says whose bytes it is about. */
export const naming = (refusal: Refusal, holder: Uint8Array): Refusal => ({
  ...refusal,
  message: `${refusal.message} (from ${didFromAccountId(holder)})`,
})

const anchorOf = ({ recordId, anchor }: ContentKeys) => ({ recordId, ...anchor })

export const openHeld = (keys: ContentKeys, ciphertext: Uint8Array): Result<Uint8Array> => {
  const { networkId, header, k1, k2 } = keys
  return openRecord({ networkId, anchor: anchorOf(keys), header, keys: { k1, k2 }, ciphertext }, nodeCiphers)
}

/** The whole ciphertext, chunk by chunk. */
export const fetchWhole = async (fetch: FetchChunk, sizeBytes: number): Promise<Result<Uint8Array>> => {
  const parts: Uint8Array[] = []
  for (let offset = 0; offset < sizeBytes; offset += CHUNK_BYTES) {
    const part = await fetch(offset, Math.min(CHUNK_BYTES, sizeBytes - offset))
    if (!part.ok) return part
    parts.push(part.value)
  }
  return ok(concatBytes(...parts))
}

async function* nothingHeld(): AsyncGenerator<Uint8Array> {
  yield* []
}

/**
 * Opens a large content as it comes, behind what is held already; bounded memory, and nothing counts before the last
 * result is ok.
 */
export async function* openStreamed(
  keys: ContentKeys,
  fetch: FetchChunk,
  sizeBytes: number,
  holder: Uint8Array,
  held: HeldPlaintext = nothingHeld(),
): AsyncGenerator<Result<Uint8Array>> {
  const { networkId, header, k1, k2 } = keys
  const opener = createRecordOpener(networkId, anchorOf(keys), header, { k1, k2 }, nodeCiphers)
  let offset = 0
  for await (const plain of held) offset += opener.replay(plain)
  while (offset < sizeBytes) {
    const part = await fetch(offset, Math.min(CHUNK_BYTES, sizeBytes - offset))
    if (!part.ok) return yield naming(part, holder)
    if (part.value.length === 0) break
    offset += part.value.length
    const plain = opener.push(part.value)
    if (plain.length > 0) yield ok(plain)
  }
  const last = opener.finish()
  yield last.ok ? last : naming(last, holder)
}
