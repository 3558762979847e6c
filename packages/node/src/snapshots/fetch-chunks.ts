import { CHUNK_COUNT, validateChunk } from '@medchain/core'
import type { Staging } from '../storage/index.ts'
import { type AskingParts, askSnapshot, noteBadPiece, type Offer } from './offers.ts'

/** Requests under way at one member; answers wait in memory for their turn to be written. */
const AT_ONCE = 2

/**
 * Fetches the chunks that are not staged yet from all members that have the snapshot, each checked by itself. Whoever
 * does not answer, or sends something false, is left out. Gives whether all are here.
 */
export const fetchChunks = async (
  { sound, members }: Offer,
  staging: Staging,
  parts: AskingParts,
): Promise<boolean> => {
  const { chunkHashes } = sound.manifest
  const hashOf = (index: number): Uint8Array => chunkHashes[index] as Uint8Array
  const missing = Array.from({ length: CHUNK_COUNT }, (_, index) => index).filter(
    (index) => !staging.state.has(index, hashOf(index)),
  )

  const fetchOne = async (peer: string, index: number): Promise<boolean> => {
    const bytes = await askSnapshot(parts.network, peer, { type: 'chunk', height: sound.height, index })
    if (bytes === undefined) return false
    const buckets = validateChunk(index, bytes, hashOf(index))
    if (!buckets.ok) {
      noteBadPiece(parts, peer, buckets.code, `chunk ${index}`)
      return false
    }
    await staging.state.putChunk(index, hashOf(index), buckets.value)
    return true
  }

  const work = async (peer: string): Promise<void> => {
    while (!parts.liars.has(peer)) {
      const index = missing.shift()
      if (index === undefined) return
      if (await fetchOne(peer, index)) continue
      missing.push(index)
      return
    }
  }

  await Promise.all(members.flatMap((peer) => Array.from({ length: AT_ONCE }, () => work(peer))))
  return missing.length === 0
}
