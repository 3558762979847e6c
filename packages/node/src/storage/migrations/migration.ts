import type { NodePaths } from '../../config/index.ts'
import type { StoreRecord } from '../store-record.ts'

/**
 * One step from a format of the store to the next. It may be run again after a crash at any point of it, and leaves
 * nothing half-written; the record names the new format only once it has ended.
 */
export interface Migration {
  readonly from: number
  /** For the log: what becomes of the store. */
  readonly does: string
  readonly run: (paths: NodePaths, record: StoreRecord) => Promise<void>
}
