import { bytes, struct, uint } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'

/** Root of an institution's map from chart tags to (sequence, head) of its audit log. */
export interface AuditAnchor {
  /** Counts from 1 for each institution. */
  readonly sequence: number
  readonly root: Uint8Array
  readonly height: number
  readonly timeMs: number
}

const schema = struct<AuditAnchor>({ sequence: uint(), root: bytes(32), height: uint(), timeMs: uint() })

/** The newest anchor of each institution. */
export const auditHeads = table('disclosure.audit-head', schema)

/** All anchors, by institution and sequence. */
export const auditAnchors = table('disclosure.audit-anchor', schema)
