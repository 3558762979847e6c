export * from './access/index.ts'
export * from './collections/index.ts'
export type { RecordAnchor } from './contracts/index.ts'
export * from './contracts/index.ts'
export * from './crypto/index.ts'
export * from './encoding/index.ts'
export * from './fhir/index.ts'
export * from './identity/index.ts'
export * from './ledger/index.ts'
export * from './proofs/index.ts'
export * from './replica/index.ts'
export * from './requests/index.ts'
export * from './research/index.ts'
export * from './sealing/index.ts'
export * from './state/index.ts'
export {
  answerRequest,
  createRecentBlocks,
  decodeManifest,
  decodeSnapshotAnswer,
  decodeSnapshotRequest,
  decodeSyncRequest,
  decodeSyncResponse,
  encodeManifest,
  encodeSnapshotAnswer,
  encodeSnapshotRequest,
  encodeSyncRequest,
  encodeSyncResponse,
  type RecentBlocks,
  type SnapshotManifest,
  type SnapshotRequest,
  type SoundManifest,
  validateCommitted,
  validateManifest,
} from './sync/index.ts'
export * from './validators/index.ts'
export * from './votes/index.ts'
