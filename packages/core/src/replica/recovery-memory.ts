import { roundOf } from '../consensus/messages.ts'
import type { ConsensusRecord } from '../consensus/records.ts'
import { ok, type Result } from '../encoding/index.ts'
import { decodeLastSigned, type LastSigned } from './last-signed.ts'
import { decodeWal, type WalContent, walHeightOf } from './wal.ts'

/** What the two files of a validator say of what it signed (consensus Q43–Q45, Q77). */
export type SigningMemory =
  /** Both are lost. */
  | { readonly state: 'none' }
  /** The write-ahead log holds all that was signed at its height; `last` is at most that height. */
  | { readonly state: 'whole'; readonly wal: WalContent; readonly last: LastSigned | undefined }
  /**
   * The write-ahead log is missing, or older than the last-signed record, or for a height that the stored blocks do
   * not reach: nothing may be signed at or below `abstainUpTo`.
   */
  | {
      readonly state: 'wal-lost' | 'wal-old' | 'blocks-behind'
      readonly abstainUpTo: number
      readonly last: LastSigned | undefined
    }

export interface MemoryFiles {
  readonly wal: Uint8Array | undefined
  readonly lastSigned: Uint8Array | undefined
}

/** Highest round that the records signed in, -1 for none. */
export const highestRoundIn = (records: readonly ConsensusRecord[]): number =>
  Math.max(-1, ...records.flatMap((record) => (record.type === 'sent' ? [roundOf(record.message)] : [])))

const isComplete = (wal: WalContent, last: LastSigned | undefined): boolean =>
  last === undefined ||
  last.height < wal.height ||
  (last.height === wal.height && last.round <= highestRoundIn(wal.records))

/**
 * As `decodeWal`. What was signed at a height that is decided matters no more: a crash may have left a log of it
 * overwritten in part by that of the next height, of which nothing was said before it was whole.
 */
const readWal = (bytes: Uint8Array, networkId: Uint8Array, headHeight: number) => {
  const decoded = decodeWal(bytes, networkId)
  if (decoded.ok || decoded.code !== 'wal.damaged') return decoded
  const height = walHeightOf(bytes, networkId)
  if (height === undefined || height > headHeight) return decoded
  return ok({ height, header: new Uint8Array(0), records: [], soundBytes: 0, isTorn: true })
}

/** Refuses like `decodeWal`, above the head. A last-signed record that is not sound counts as lost. */
export const readSigningMemory = (
  { wal: walBytes, lastSigned }: MemoryFiles,
  networkId: Uint8Array,
  headHeight: number,
): Result<SigningMemory> => {
  const decoded = readWal(walBytes ?? new Uint8Array(0), networkId, headHeight)
  if (!decoded.ok) return decoded
  const wal = decoded.value
  const last = lastSigned && decodeLastSigned(lastSigned, networkId)
  if (wal === undefined) {
    return ok(last ? { state: 'wal-lost', abstainUpTo: last.height, last } : { state: 'none' })
  }
  if (last !== undefined && !isComplete(wal, last)) {
    return ok({ state: 'wal-old', abstainUpTo: last.height, last })
  }
  return ok(
    wal.height > headHeight + 1
      ? { state: 'blocks-behind', abstainUpTo: wal.height, last }
      : { state: 'whole', wal, last },
  )
}
