import {
  createRecentBlocks,
  decodeSyncResponse,
  encodeSyncRequest,
  networkIdOf,
  type RecentBlocks,
  type StoredBlock,
} from '@medchain/core'
import type { Staging } from '../storage/index.ts'
import { type AskingParts, connectedMembers, noteBadPiece, type Offer } from './offers.ts'

const REQUEST_TIMEOUT_MS = 15_000
const LIMITS = { blocksMax: 512, sizeBytesMax: 2 * 1024 * 1024 }

/** The blocks from `fromHeight` on that a member gives. */
const askBlocks = async (
  { network }: AskingParts,
  peer: string,
  fromHeight: number,
): Promise<readonly Uint8Array[]> => {
  const options = { timeoutMs: REQUEST_TIMEOUT_MS }
  const answer = await network
    .request(peer, 'sync', encodeSyncRequest({ fromHeight, ...LIMITS }), options)
    .catch(() => undefined)
  const response = answer && decodeSyncResponse(answer)
  return response?.ok ? response.value.blocks : []
}

/** The sound blocks at the beginning of an answer. */
const takeSound = (recent: RecentBlocks, blocks: readonly Uint8Array[]) => {
  const sound: StoredBlock[] = []
  for (const bytes of blocks) {
    if (recent.isComplete()) break
    const height = recent.next()
    const added = recent.add(bytes)
    if (!added.ok) return { sound, code: added.code }
    sound.push({ height, bytes })
  }
  return { sound, code: undefined }
}

/**
 * Fetches the blocks that come with a snapshot from any member, each checked by itself; that they are too few is the
 * fault of those who offer it. Gives whether all are here.
 */
export const fetchBlocks = async (
  { sound: manifest, members }: Offer,
  staging: Staging,
  parts: AskingParts,
): Promise<boolean> => {
  const recent = createRecentBlocks(manifest, networkIdOf(parts.genesis), parts.verifier)
  const stored = staging.blocks()
  for (let at = recent.next(); at <= stored.headHeight() && !recent.isComplete(); at++) {
    const bytes = stored.readBlock(at)
    if (!bytes || !recent.add(bytes).ok) return false
  }
  for (const peer of connectedMembers(parts)) {
    while (!recent.isComplete()) {
      const { sound, code } = takeSound(recent, await askBlocks(parts, peer, recent.next()))
      await staging.append(sound)
      if (code === 'snapshot.short-window') {
        for (const member of members) noteBadPiece(parts, member, code, 'manifest')
        return false
      }
      if (code !== undefined) noteBadPiece(parts, peer, code, `block ${recent.next()}`)
      if (code !== undefined || sound.length === 0) break
    }
  }
  return recent.isComplete()
}
