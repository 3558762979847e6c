import { hashTagged } from '../crypto/index.ts'
import { blob, bytes, decode, encode, equalBytes, ok, type Result, struct, uint } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'

/** Everything about a record but its content and its release key; deletable as a whole. */
export interface RecordEnvelope {
  /** 18 bytes. */
  readonly recordId: Uint8Array
  /** Chart id, 32 bytes. */
  readonly chart: Uint8Array
  readonly epoch: number
  /** The batch key sealed to the chart's epoch key: encapsulated key (32) ‖ ciphertext (48). */
  readonly chartEnc: Uint8Array
  /** k1 under that batch key, 48 bytes. */
  readonly wrappedK1: Uint8Array
  /** Account id, 32 bytes. */
  readonly authorInstitution: Uint8Array
  /** Another batch key, sealed to the author institution's sealing key. */
  readonly authorEnc: Uint8Array
  readonly authorWrappedK1: Uint8Array
  readonly sealedHeader: Uint8Array
}

const envelopeSchema = struct<RecordEnvelope>({
  recordId: bytes(18),
  chart: bytes(32),
  epoch: uint(),
  chartEnc: bytes(80),
  wrappedK1: bytes(48),
  authorInstitution: bytes(32),
  authorEnc: bytes(80),
  authorWrappedK1: bytes(48),
  sealedHeader: blob(32 * 1024),
})

export const encodeEnvelope = (envelope: RecordEnvelope): Uint8Array => encode(envelopeSchema, envelope)

/** The anchor's envelopeDigest, 32 bytes. */
export const envelopeDigestOf = (encoded: Uint8Array): Uint8Array =>
  hashTagged('medchain/envelope/1', encoded)

/** The envelope, or `record.envelope-damaged` when it does not decode or is not the one anchored. */
export const decodeEnvelope = (encoded: Uint8Array, envelopeDigest?: Uint8Array): Result<RecordEnvelope> => {
  if (envelopeDigest !== undefined && !equalBytes(envelopeDigestOf(encoded), envelopeDigest)) {
    return refuseSealing('record.envelope-damaged', 'another digest is on the chain')
  }
  const decoded = decode(envelopeSchema, encoded)
  return decoded.ok ? ok(decoded.value) : refuseSealing('record.envelope-damaged', decoded.message)
}
