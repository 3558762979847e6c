import { BUCKETS_A_CHUNK, type Bucket, encodeBucket, equalBytes } from '@medchain/core'
import { writeError } from '../storage-error.ts'
import { packWrites, putPacks } from './pack-table.ts'
import { openStateDatabase } from './state-database.ts'

/** A state that is put together from the chunks of a snapshot; what is durable outlives a crash. */
export interface StagedState {
  /** Whether the chunk with this hash is here already. */
  readonly has: (chunk: number, hash: Uint8Array) => boolean
  /** Replaces all buckets of a chunk; durable when it resolves. */
  readonly putChunk: (chunk: number, hash: Uint8Array, buckets: ReadonlyMap<number, Bucket>) => Promise<void>
  /** Makes a checkpoint of all that was put; durable when it resolves. */
  readonly complete: (height: number, meta: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

const markOf = (chunk: number): string => `chunk ${chunk}`

export const openStagedState = (folder: string): StagedState => {
  const { root, packs, meta, putCheckpoint } = openStateDatabase(folder, false)
  const durably = async (write: () => void): Promise<void> => {
    try {
      await root.transaction(write)
      await root.flushed
    } catch (error) {
      throw writeError(folder, error)
    }
  }
  return {
    has: (chunk, hash) => {
      const mark = meta.get(markOf(chunk))
      return mark !== undefined && equalBytes(mark, hash)
    },
    putChunk: (chunk, hash, content) => {
      const from = chunk * BUCKETS_A_CHUNK
      const buckets = Array.from(content, ([index, bucket]) => ({ index, content: encodeBucket(bucket) }))
      return durably(() => {
        const stale = [...packs.getKeys({ start: from, end: from + BUCKETS_A_CHUNK })]
        for (const first of stale) packs.remove(first)
        putPacks(packs, packWrites(from, buckets))
        meta.put(markOf(chunk), Buffer.from(hash))
      })
    },
    complete: (height, checkpointMeta) =>
      durably(() => {
        const marks = [...meta.getKeys()].filter((name) => name.startsWith('chunk '))
        for (const mark of marks) meta.remove(mark)
        putCheckpoint({ height, meta: checkpointMeta })
      }),
    close: () => root.close(),
  }
}
