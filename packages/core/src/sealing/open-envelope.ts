import { concatBytes, hexFromBytes, ok, type Result } from '../encoding/index.ts'
import { type BatchReader, batchLabel, openBatchKey, unwrapK1 } from './batch-key.ts'
import type { CipherPort } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { decodeEnvelope, type RecordEnvelope } from './envelope.ts'
import { openSealedHeader, type RecordHeader } from './record-header.ts'
import { batchIdFromRecordId } from './record-id.ts'
import { headerKeyOf } from './record-keys.ts'
import { encodeBatchInfo } from './sealing-info.ts'

const CACHED_KEYS_MAX = 256

/** Opens envelopes for readers who hold a secret; remembers batch keys, so that a batch costs one HPKE. */
export interface EnvelopeOpener {
  /** k1 for whoever holds the chart's epoch secret: the person, a guardian, a grantee. */
  readonly asChart: (envelope: Uint8Array, epochSecret: Uint8Array) => Promise<Result<Uint8Array>>
  /** k1 for the institution that wrote the record. */
  readonly asAuthor: (envelope: Uint8Array, sealingSecret: Uint8Array) => Promise<Result<Uint8Array>>
}

const readerPart = (envelope: RecordEnvelope, reader: BatchReader) =>
  reader === 'chart'
    ? { recipient: envelope.chart, sealed: envelope.chartEnc, wrapped: envelope.wrappedK1 }
    : { recipient: envelope.authorInstitution, sealed: envelope.authorEnc, wrapped: envelope.authorWrappedK1 }

/**
 * Both functions refuse with `record.envelope-damaged` what does not decode and with `record.key-mismatch`
 * what another secret, network, chart, epoch or batch was sealed for. At most 256 batch keys are kept.
 */
export const createEnvelopeOpener = (networkId: Uint8Array, port: CipherPort): EnvelopeOpener => {
  const batchKeys = new Map<string, Promise<Uint8Array | undefined>>()

  const batchKeyOf = (envelope: RecordEnvelope, reader: BatchReader, secret: Uint8Array) => {
    const { recipient, sealed } = readerPart(envelope, reader)
    const batchId = batchIdFromRecordId(envelope.recordId)
    const info = {
      label: batchLabel(reader),
      networkId,
      chart: envelope.chart,
      epoch: envelope.epoch,
      batchId,
      recipient,
    }
    const name = hexFromBytes(port.sha256(concatBytes(encodeBatchInfo(info), sealed, secret)))
    const known = batchKeys.get(name)
    if (known !== undefined) return known
    const opening = openBatchKey(secret, sealed, info)
    if (batchKeys.size >= CACHED_KEYS_MAX) batchKeys.delete(batchKeys.keys().next().value as string)
    batchKeys.set(name, opening)
    return opening
  }

  const open = async (
    encoded: Uint8Array,
    reader: BatchReader,
    secret: Uint8Array,
  ): Promise<Result<Uint8Array>> => {
    const envelope = decodeEnvelope(encoded)
    if (!envelope.ok) return envelope
    const batchKey = await batchKeyOf(envelope.value, reader, secret)
    const { wrapped } = readerPart(envelope.value, reader)
    const k1 = batchKey && unwrapK1(batchKey, envelope.value.recordId, wrapped, port)
    return k1 === undefined ? refuseSealing('record.key-mismatch', `as ${reader}`) : ok(k1)
  }

  return {
    asChart: (envelope, epochSecret) => open(envelope, 'chart', epochSecret),
    asAuthor: (envelope, sealingSecret) => open(envelope, 'author', sealingSecret),
  }
}

/** The sealed header of an envelope under k1 and the header half of the release key; refusals as above. */
export const openHeader = (
  params: {
    readonly networkId: Uint8Array
    readonly envelope: Uint8Array
    readonly k1: Uint8Array
    /** From `releaseHeaderKey(k2)`. */
    readonly k2h: Uint8Array
  },
  port: CipherPort,
): Result<RecordHeader> => {
  const envelope = decodeEnvelope(params.envelope)
  if (!envelope.ok) return envelope
  const place = { networkId: params.networkId, recordId: envelope.value.recordId }
  return openSealedHeader(envelope.value.sealedHeader, headerKeyOf(params.k1, params.k2h, place, port), port)
}
