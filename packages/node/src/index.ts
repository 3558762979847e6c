export {
  AUDIT_GAPS,
  type AuditEvidence,
  type AuditExport,
  type AuditedNode,
  type AuditGap,
  type AuditGapCode,
  auditExportMessage,
  type ChartAnswers,
  type CollectedLog,
  checkpointsFor,
  collectLog,
  collectPastHeads,
  cutAnew,
  type ExportedChart,
  encodeAuditExport,
  encodeSignedExport,
  entriesIn,
  evidenceIn,
  holdersBehind,
  loggingInstitutions,
  type NodeAnswer,
  type PendingEntry,
  type ProvenEntry,
  type VerifiedAudit,
  type VerifiedChart,
  type VerifiedEntry,
  type VerifiedExport,
  verifyAudit,
  verifyAuditExport,
} from './audit/index.ts'
export { type Clock, delay, systemClock } from './clock.ts'
export {
  createGenesis,
  createLocalNetwork,
  findPassphrase,
  fingerprintOf,
  type GenesisChoices,
  genesisText,
  initNodeHome,
  type LocalNetwork,
  type LocalNetworkOptions,
  type LocalNode,
  memberText,
  type NewNode,
  type NodeConfig,
  type NodeKeys,
  type NodePaths,
  networkIdFromFingerprint,
  nodePaths,
  parseMember,
  readGenesisFile,
  readNodeConfig,
  type SponsorPolicy,
  writeGenesisFile,
} from './config/index.ts'
export { readNodeKeys } from './config/read-node-keys.ts'
export type { DaemonOptions, RunningDaemon } from './daemon.ts'
export { createInvite, INVITE_ROLES, type InviteRole } from './directory/invites.ts'
export type {
  BatchAnchors,
  HolderFault,
  KeySource,
  OpenedRecord,
  ReadTransport,
  RecordReading,
} from './disclosure/read-request.ts'
export { readRecords } from './disclosure/reader.ts'
export { askNode, createRequestTransport, type RequestClient } from './disclosure/request-transport.ts'
export {
  createBackup,
  examineHome,
  examinePrivateHome,
  recoverHome,
  restoreHome,
  startDaemon,
} from './entrances.ts'
export {
  drawPassphrase,
  nodeCiphers,
  readKeystore,
  useNativeHashes,
  writeFileAtomic,
  writeKeystore,
} from './keystore/index.ts'
export type { RecoveryReport, Situation } from './recovery/index.ts'
export { signatureVerifier } from './replica/verifier.ts'
export { privacyPaths } from './requests/privacy-paths.ts'
export { takeExclusiveLock } from './storage/exclusive-lock.ts'
export type { Finding } from './storage/index.ts'
export { destroyVault } from './vault/destroy-vault.ts'
