export {
  type AuditExport,
  auditExportMessage,
  type ExportedChart,
  encodeAuditExport,
  encodeSignedExport,
  type ProvenEntry,
} from './audit-export.ts'
export { createTagOf } from './audit-map.ts'
export { collectLog, collectPastHeads } from './collect.ts'
export {
  type ChartAnswers,
  checkpointsFor,
  cutAnew,
  evidenceIn,
  holdersBehind,
  type NodeAnswer,
} from './collected-audit.ts'
export {
  AUDIT_GAPS,
  type AuditEvidence,
  type AuditedNode,
  type AuditGap,
  type AuditGapCode,
  type CollectedLog,
} from './collected-log.ts'
export { type AuditFinding, type ChainAnchors, examineAuditLog } from './examine-log.ts'
export { type VerifiedAudit, verifyAudit } from './verify.ts'
export type { PendingEntry } from './verify-anchor.ts'
export { entriesIn, type VerifiedEntry } from './verify-chain.ts'
export {
  loggingInstitutions,
  type VerifiedChart,
  type VerifiedExport,
  verifyAuditExport,
} from './verify-export.ts'
