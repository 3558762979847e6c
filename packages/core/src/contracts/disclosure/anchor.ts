import { bytes, ok, refuse, struct, uint } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { positionKey } from '../identity/tables.ts'
import { auditAnchors, auditHeads } from './tables.ts'

export interface AuditAnchoring {
  readonly sequence: number
  readonly root: Uint8Array
}

/** An institution commits to its audit log as of now; sequences leave no gap. */
export const anchorAudit: TransactionKind<AuditAnchoring> = {
  kind: 'disclosure.anchor-audit',
  payload: struct<AuditAnchoring>({ sequence: uint(0xffffffff), root: bytes(32) }),
  apply: (view, { sequence, root }, context) => {
    if (!activeInstitution(view, context.sender)) {
      return refuse('disclosure.not-institution', 'Only an active institution anchors an audit log.')
    }
    const last = view.get(auditHeads, context.sender)?.sequence ?? 0
    if (sequence !== last + 1)
      return refuse('disclosure.sequence', 'Audit anchors follow one another without a gap.')
    const anchor = { sequence, root, height: context.height, timeMs: context.timeMs }
    view.put(auditHeads, anchor, context.sender)
    view.put(auditAnchors, anchor, context.sender, positionKey(sequence))
    return ok([{ kind: 'disclosure.audit-anchored', subjects: [context.sender] }])
  },
}
