import { blob, decode, encode, optional, type Result, struct, uint, variant } from '../encoding/index.ts'
import { CHUNK_SIZE_BYTES_MAX } from '../state/chunk.ts'
import { CHUNK_COUNT } from '../state/subtree.ts'

/** What a node asks of a member’s snapshots: the manifest of the newest, or one chunk of that of a height. */
export type SnapshotRequest =
  | { readonly type: 'manifest' }
  | { readonly type: 'chunk'; readonly height: number; readonly index: number }

type Fields<T extends SnapshotRequest['type']> = Omit<Extract<SnapshotRequest, { type: T }>, 'type'>

const requestSchema = variant<SnapshotRequest>({
  manifest: struct<Fields<'manifest'>>({}),
  chunk: struct<Fields<'chunk'>>({ height: uint(), index: uint(CHUNK_COUNT - 1) }),
})

interface SnapshotAnswer {
  /** Encoded manifest or chunk; undefined when the member does not have it. */
  readonly content: Uint8Array | undefined
}

const answerSchema = struct<SnapshotAnswer>({ content: optional(blob(CHUNK_SIZE_BYTES_MAX)) })

export const encodeSnapshotRequest = (request: SnapshotRequest): Uint8Array => encode(requestSchema, request)
export const decodeSnapshotRequest = (data: Uint8Array): Result<SnapshotRequest> =>
  decode(requestSchema, data, 64)
export const encodeSnapshotAnswer = (content: Uint8Array | undefined): Uint8Array =>
  encode(answerSchema, { content })
export const decodeSnapshotAnswer = (data: Uint8Array): Result<SnapshotAnswer> =>
  decode(answerSchema, data, CHUNK_SIZE_BYTES_MAX + 64)
