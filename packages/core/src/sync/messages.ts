import { blob, decode, encode, list, type Result, struct, uint } from '../encoding/index.ts'
import { BLOCK_SIZE_BYTES_MAX } from '../ledger/block.ts'

/** Most blocks that one answer carries. */
const SYNC_BLOCKS_MAX = 1024
/** An answer stays below this, except that it may always carry one block. */
const SYNC_SIZE_BYTES_MAX = 2 * 1024 * 1024

export interface SyncRequest {
  readonly fromHeight: number
  readonly blocksMax: number
  readonly sizeBytesMax: number
}

export interface SyncResponse {
  /** What the answering node has; a hint whom to ask, never believed. */
  readonly headHeight: number
  /** Encoded committed blocks from `fromHeight` on, consecutive; none when there is nothing to give. */
  readonly blocks: readonly Uint8Array[]
}

const requestSchema = struct<SyncRequest>({
  fromHeight: uint(),
  blocksMax: uint(SYNC_BLOCKS_MAX),
  sizeBytesMax: uint(SYNC_SIZE_BYTES_MAX),
})

const responseSchema = struct<SyncResponse>({
  headHeight: uint(),
  blocks: list(blob(BLOCK_SIZE_BYTES_MAX + 64 * 1024), SYNC_BLOCKS_MAX),
})

export const encodeSyncRequest = (request: SyncRequest): Uint8Array => encode(requestSchema, request)
export const decodeSyncRequest = (data: Uint8Array): Result<SyncRequest> => decode(requestSchema, data, 64)
export const encodeSyncResponse = (response: SyncResponse): Uint8Array => encode(responseSchema, response)
export const decodeSyncResponse = (data: Uint8Array): Result<SyncResponse> => decode(responseSchema, data)
