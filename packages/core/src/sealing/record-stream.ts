import { taggedMessage } from '../crypto/index.ts'
import { concatBytes, equalBytes, ok, type Result } from '../encoding/index.ts'
import { createChunkOpener, createChunkSealer } from './chunk-stream.ts'
import type { CipherPort, IncrementalHash } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { commitmentOf } from './commitment.ts'
import { isZero, paddedSize } from './padding.ts'
import type { RecordHeader } from './record-header.ts'
import { dataKeyOf, type RecordPlace } from './record-keys.ts'

/** Plaintext is padded to steps of this size, so that a ciphertext tells little about its record. */
export const RECORD_STEP_BYTES = 4096

/** The two halves of custody, 32 bytes each. */
export interface RecordKeys {
  readonly k1: Uint8Array
  readonly k2: Uint8Array
}

/** What the chain says of a record. */
export interface RecordAnchor {
  readonly recordId: Uint8Array
  readonly commitment: Uint8Array
  readonly ciphertextDigest: Uint8Array
}

export interface SealedContent {
  /** The last piece of ciphertext. */
  readonly tail: Uint8Array
  readonly sizeBytes: number
  readonly commitment: Uint8Array
  readonly ciphertextDigest: Uint8Array
}

/** Incremental SHA-256 of a ciphertext under its domain tag; `digest` gives the anchor's ciphertextDigest. */
export const createCiphertextDigest = (port: CipherPort): IncrementalHash => {
  const hash = port.createSha256()
  hash.update(taggedMessage('medchain/ciphertext/1'))
  return hash
}

/** 32 bytes. */
export const ciphertextDigestOf = (ciphertext: Uint8Array, port: CipherPort): Uint8Array => {
  const hash = createCiphertextDigest(port)
  hash.update(ciphertext)
  return hash.digest()
}

export interface RecordSealer {
  readonly push: (plain: Uint8Array) => Uint8Array
  readonly finish: () => SealedContent
}

/** Seals one record piece by piece in about 200 KiB of memory. Each pair of keys seals one record only. */
export const createRecordSealer = (
  place: RecordPlace,
  keys: RecordKeys & { readonly salt: Uint8Array },
  mediaType: string,
  port: CipherPort,
): RecordSealer => {
  const chunks = createChunkSealer(dataKeyOf(keys.k1, keys.k2, place, port), RECORD_STEP_BYTES, port)
  const content = port.createSha256()
  const digest = createCiphertextDigest(port)
  let sizeBytes = 0
  const hashed = (ciphertext: Uint8Array): Uint8Array => {
    digest.update(ciphertext)
    return ciphertext
  }
  return {
    push(plain) {
      sizeBytes += plain.length
      content.update(plain)
      return hashed(chunks.push(plain))
    },
    finish() {
      const tail = hashed(chunks.finish())
      const commitment = commitmentOf(place, keys.salt, mediaType, content.digest(), port)
      return { tail, sizeBytes, commitment, ciphertextDigest: digest.digest() }
    },
  }
}

export interface RecordOpener {
  /** Plaintext that is ready so far, without padding; unverified, and nothing more once a chunk did not open. */
  readonly push: (ciphertext: Uint8Array) => Uint8Array
  /**
   * Goes on behind plaintext that an interrupted opening left: whole chunks of 64 KiB, before the first `push` and
   * never all of the record. Answers how many bytes of ciphertext they stand for. `finish` checks them like the rest.
   */
  readonly replay: (plain: Uint8Array) => number
  /**
   * The last piece. Everything before counts only when this is ok. `record.ciphertext-damaged`: not the
   * anchored ciphertext; `record.key-mismatch`: other keys; `record.commitment-mismatch`: opened, but not
   * the size, media type, salt or content committed to.
   */
  readonly finish: () => Result<Uint8Array>
}

/** Opens one record piece by piece in bounded memory and checks digest, size, padding and commitment. */
export const createRecordOpener = (
  networkId: Uint8Array,
  anchor: RecordAnchor,
  header: RecordHeader,
  keys: RecordKeys,
  port: CipherPort,
): RecordOpener => {
  const place = { networkId, recordId: anchor.recordId }
  const chunks = createChunkOpener(dataKeyOf(keys.k1, keys.k2, place, port), port)
  const digest = createCiphertextDigest(port)
  const content = port.createSha256()
  let paddedBytes = 0
  let paddingIsZero = true
  const taken = (padded: Uint8Array | undefined): Uint8Array => {
    if (padded === undefined) return new Uint8Array(0)
    const plain = padded.subarray(0, Math.max(0, header.sizeBytes - paddedBytes))
    paddingIsZero &&= isZero(padded.subarray(plain.length))
    paddedBytes += padded.length
    content.update(plain)
    return plain
  }
  return {
    push(ciphertext) {
      digest.update(ciphertext)
      return taken(chunks.push(ciphertext))
    },
    replay(plain) {
      const ciphertext = chunks.replay(plain)
      digest.update(ciphertext)
      content.update(plain)
      paddedBytes += plain.length
      return ciphertext.length
    },
    finish() {
      const last = chunks.finish()
      if (!equalBytes(digest.digest(), anchor.ciphertextDigest))
        return refuseSealing('record.ciphertext-damaged')
      if (last === undefined) return refuseSealing('record.key-mismatch')
      const plain = taken(last)
      const commitment = commitmentOf(place, header.salt, header.mediaType, content.digest(), port)
      const hasSize = paddedBytes === paddedSize(header.sizeBytes, RECORD_STEP_BYTES) && paddingIsZero
      return hasSize && equalBytes(commitment, anchor.commitment)
        ? ok(plain)
        : refuseSealing('record.commitment-mismatch')
    },
  }
}

/** The exact bytes of one record held in memory; refusals as of `createRecordOpener`. */
export const openRecord = (
  params: {
    readonly networkId: Uint8Array
    readonly anchor: RecordAnchor
    readonly header: RecordHeader
    readonly keys: RecordKeys
    readonly ciphertext: Uint8Array
  },
  port: CipherPort,
): Result<Uint8Array> => {
  const opener = createRecordOpener(params.networkId, params.anchor, params.header, params.keys, port)
  const head = opener.push(params.ciphertext)
  const tail = opener.finish()
  return tail.ok ? ok(concatBytes(head, tail.value)) : tail
}
