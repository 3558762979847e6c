export type {
  BatchTarget,
  RecordDescription,
  RecordSecrets,
  SealedRecord,
  SealedRelease,
} from './batch-writer.ts'
export * from './chunk-stream.ts'
export * from './cipher-port.ts'
export { SEALING_CODES, type SealingCode } from './codes.ts'
export { commitmentOf } from './commitment.ts'
export * from './emergency-share.ts'
export { decodeEnvelope, envelopeDigestOf, type RecordEnvelope } from './envelope.ts'
export * from './grant-envelope.ts'
export { type HpkeSealed, openWith, sealTo } from './hpke.ts'
export * from './keyring.ts'
export * from './leg.ts'
export * from './letter.ts'
export * from './open-envelope.ts'
export * from './part2-copy.ts'
export type { RecordHeader } from './record-header.ts'
export * from './record-id.ts'
export { type RecordKey, recordKeyListSchema } from './record-key-list.ts'
export { disputeK1, type RecordPlace, releaseDataKey, releaseHeaderKey } from './record-keys.ts'
export * from './record-stream.ts'
export * from './recovery-envelopes.ts'
export * from './recovery-key.ts'
export { BATCH_RECORDS_MAX, openReleaseSet, type ReleaseHolder, sealReleaseSet } from './release-set.ts'
export * from './reseal-keys.ts'
export * from './seal-batch.ts'
export * from './seal-file.ts'
export * from './secret-shares.ts'
export * from './words.ts'
