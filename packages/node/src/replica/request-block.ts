import {
  type CommittedBlock,
  decodeCommittedBlock,
  decodeSyncResponse,
  encodeSyncRequest,
} from '@medchain/core'
import type { Logger } from '../logger.ts'
import type { Network } from '../network/index.ts'
import type { Storage } from '../storage/index.ts'
import { type HealedContext, verifyHealed } from './verify-healed.ts'

const REQUEST_TIMEOUT_MS = 5000
const SIZE_BYTES_MAX = 1024 * 1024

export interface BlockRequestParts extends Pick<HealedContext, 'networkId' | 'validatorsAt' | 'verifier'> {
  readonly storage: Pick<Storage, 'blocks'>
  readonly network: Pick<Network, 'peers' | 'request'>
  readonly logger: Logger
}

/** One block of one peer, verified; undefined when the peer does not have it or sends something else. */
export const createBlockRequest = (parts: BlockRequestParts) => {
  const stored = (height: number): CommittedBlock | undefined => {
    try {
      const bytes = parts.storage.blocks.readBlock(height)
      const decoded = bytes && decodeCommittedBlock(bytes)
      return decoded?.ok ? decoded.value : undefined
    } catch {
      return undefined
    }
  }
  return async (peer: string, height: number): Promise<Uint8Array | undefined> => {
    const question = encodeSyncRequest({ fromHeight: height, blocksMax: 1, sizeBytesMax: SIZE_BYTES_MAX })
    const options = { timeoutMs: REQUEST_TIMEOUT_MS }
    const answer = await parts.network.request(peer, 'sync', question, options).catch(() => undefined)
    const response = answer && decodeSyncResponse(answer)
    const bytes = response?.ok ? response.value.blocks[0] : undefined
    if (bytes === undefined) return undefined
    const verdict = verifyHealed(height, bytes, { ...parts, stored })
    if (verdict.ok) return bytes
    parts.logger.warn(
      { height, peer, code: verdict.code },
      'a peer sent another block than the one asked for',
    )
    return undefined
  }
}
