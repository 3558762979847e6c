import { appendLeafHash, isFrontier, type LogFrontier, leafHash } from '../crypto/merkle-log.ts'
import { bytes, decode, encode, ok, type Result, refuse, struct, uint } from '../encoding/index.ts'
import { logFrontierSchema } from '../sync/snapshot-manifest.ts'

/** What a checkpoint of the state keeps beside the buckets. */
export interface CheckpointMeta {
  readonly height: number
  readonly hash: Uint8Array
  /** The log up to this block. */
  readonly log: LogFrontier
  /** The log below this block; undefined in what an earlier version wrote. */
  readonly logBelow: LogFrontier | undefined
}

interface StoredMeta {
  readonly height: number
  readonly hash: Uint8Array
  /** The log below this block, or up to it where an earlier version wrote it: its size tells. */
  readonly log: LogFrontier
}

const metaSchema = struct<StoredMeta>({ height: uint(), hash: bytes(32), log: logFrontierSchema })

export const encodeMeta = (height: number, hash: Uint8Array, logBelow: LogFrontier): Uint8Array =>
  encode(metaSchema, { height, hash, log: logBelow })

/** What `encodeMeta` wrote; `state.damaged` for anything else. */
export const decodeMeta = (data: Uint8Array): Result<CheckpointMeta> => {
  const meta = decode(metaSchema, data)
  if (!meta.ok || !isFrontier(meta.value.log))
    return refuse('state.damaged', 'The checkpoint of the state is damaged.')
  const { height, hash, log } = meta.value
  return log.size === height
    ? ok({ height, hash, log, logBelow: undefined })
    : ok({ height, hash, log: appendLeafHash(log, leafHash(hash)), logBelow: log })
}
