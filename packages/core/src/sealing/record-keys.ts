import { bytesFromText, concatBytes } from '../encoding/index.ts'
import { type CipherPort, KEY_BYTES } from './cipher-port.ts'

const NO_SALT = new Uint8Array(0)
const DATA = bytesFromText('medchain/data/1')
const HEADER = bytesFromText('medchain/header/1')
const DISPUTE = bytesFromText('medchain/dispute/1')
const RELEASE_DATA = bytesFromText('medchain/release-data/1')
const RELEASE_HEADER = bytesFromText('medchain/release-header/1')

/** Which record a key belongs to. */
export interface RecordPlace {
  /** 32 bytes. */
  readonly networkId: Uint8Array
  /** 18 bytes. */
  readonly recordId: Uint8Array
}

/** The part of the release key that opens the content; whoever holds k2 can derive both parts. */
export const releaseDataKey = (k2: Uint8Array, port: CipherPort): Uint8Array =>
  port.hkdfSha256(k2, NO_SALT, RELEASE_DATA, KEY_BYTES)

/** The part of the release key that a listing releases: it opens the sealed header and nothing else. */
export const releaseHeaderKey = (k2: Uint8Array, port: CipherPort): Uint8Array =>
  port.hkdfSha256(k2, NO_SALT, RELEASE_HEADER, KEY_BYTES)

const combined = (
  label: Uint8Array,
  k1: Uint8Array,
  half: Uint8Array,
  place: RecordPlace,
  port: CipherPort,
) =>
  port.hkdfSha256(
    concatBytes(k1, half),
    NO_SALT,
    concatBytes(label, place.networkId, place.recordId),
    KEY_BYTES,
  )

/** k1 of a record that disputes another, from that one's k1: whoever can open the one opens the other (custody C17). */
export const disputeK1 = (disputedK1: Uint8Array, dispute: RecordPlace, port: CipherPort): Uint8Array =>
  port.hkdfSha256(disputedK1, NO_SALT, concatBytes(DISPUTE, dispute.networkId, dispute.recordId), KEY_BYTES)

/** HKDF(k1 ‖ k2d): the key of the content. */
export const dataKeyOf = (k1: Uint8Array, k2: Uint8Array, place: RecordPlace, port: CipherPort): Uint8Array =>
  combined(DATA, k1, releaseDataKey(k2, port), place, port)

/** HKDF(k1 ‖ k2h): the key of the sealed header. */
export const headerKeyOf = (
  k1: Uint8Array,
  k2h: Uint8Array,
  place: RecordPlace,
  port: CipherPort,
): Uint8Array => combined(HEADER, k1, k2h, place, port)
