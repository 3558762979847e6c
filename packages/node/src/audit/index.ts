export { createTagOf } from './audit-map.ts'
export { collectLog } from './collect.ts'
export {
  AUDIT_GAPS,
  type AuditEvidence,
  type AuditedNode,
  type AuditGap,
  type CollectedLog,
} from './collected-log.ts'
export { type AuditFinding, type ChainAnchors, examineAuditLog } from './examine-log.ts'
export { type VerifiedAudit, verifyAudit } from './verify.ts'
export type { VerifiedEntry } from './verify-chain.ts'
