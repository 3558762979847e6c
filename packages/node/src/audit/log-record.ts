import { blob, bytes, decode, encode, type Result, struct, uint, variant } from '@medchain/core'

/** What stands in the log: entries, and before each anchoring what is about to be anchored. */
export type LogRecord =
  | { readonly type: 'entry'; readonly entry: Uint8Array }
  | {
      readonly type: 'mark'
      /** Number of the anchor that was submitted. */
      readonly sequence: number
      readonly root: Uint8Array
      /** How many entries from the beginning of the log the root covers. */
      readonly entryCount: number
    }

export type AnchorMark = Omit<Extract<LogRecord, { type: 'mark' }>, 'type'>

const RECORD_BYTES_MAX = 4 * 1024 * 1024

const schema = variant<LogRecord>({
  entry: struct({ entry: blob(RECORD_BYTES_MAX) }),
  mark: struct({ sequence: uint(), root: bytes(32), entryCount: uint() }),
})

export const encodeLogRecord = (record: LogRecord): Uint8Array => encode(schema, record)

export const decodeLogRecord = (data: Uint8Array): Result<LogRecord> =>
  decode(schema, data, RECORD_BYTES_MAX + 64)
