import {
  type Batch,
  createEnvelopeOpener,
  decodeEnvelope,
  type EnvelopeOpener,
  hexFromBytes,
  type LegItem,
  ok,
  openHeader,
  type RecordAnchor,
  type Refusal,
  type Result,
  releaseHeaderKey,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import {
  type ContentKeys,
  type FetchChunk,
  fetchWhole,
  HELD_BYTES_MAX,
  openHeld,
  openStreamed,
} from './open-content.ts'
import type { HeldPlaintext, OpenedRecord, ReadRequest } from './read-request.ts'
import type { LegItems } from './statement-exchange.ts'

/** Which side a refusal is to be laid to; `nobody` when another holder would not help. */
export type Blamed = 'ciphertext' | 'release' | 'nobody'

export type Opening =
  | { readonly ok: true; readonly value: OpenedRecord }
  | { readonly ok: false; readonly blamed: Blamed; readonly refusal: Refusal }

/** What came for one record from both holders. */
export interface RecordParts {
  readonly recordId: Uint8Array
  readonly batch: Batch
  readonly anchor: RecordAnchor
  readonly ciphertext: LegItem
  readonly release: LegItem
  /** k1 from the key agent, where that is the source. */
  readonly agent: LegItem | undefined
  readonly ciphertextHolder: Uint8Array
  readonly fetch: FetchChunk
}

const blame = (blamed: Blamed, refusal: Refusal): Opening => ({ ok: false, blamed, refusal })

const NO_KEY: Refusal = {
  ok: false,
  code: 'record.key-mismatch',
  message: 'The reader has no key for this record’s epoch; ask for a grant of it.',
}

const k1For = async (
  request: ReadRequest,
  opener: EnvelopeOpener,
  envelope: Uint8Array,
  epoch: number,
  { recordId, agent }: RecordParts,
): Promise<Result<Uint8Array>> => {
  const { keys } = request
  if (keys.type === 'agent') return agent?.key ? ok(agent.key) : NO_KEY
  if (keys.type === 'records') {
    const k1 = keys.k1Of(recordId)
    return k1 ? ok(k1) : NO_KEY
  }
  const secret = keys.secretOf(epoch)
  return secret ? opener.asChart(envelope, secret) : NO_KEY
}

async function* noPieces(): AsyncGenerator<Result<Uint8Array>> {
  yield* []
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Result<Uint8Array>> {
  yield ok(bytes)
}

const blamedFor = ({ code }: Refusal): Blamed =>
  code === 'record.key-mismatch' ? 'release' : code === 'record.commitment-mismatch' ? 'nobody' : 'ciphertext'

const openContent = async (parts: RecordParts, keys: ContentKeys): Promise<Opening> => {
  const { recordId, anchor, batch, ciphertext, fetch, ciphertextHolder } = parts
  const base = { recordId, header: keys.header, batch, anchor, k1: keys.k1 }
  const sizeBytes = ciphertext.ciphertextSizeBytes
  if (ciphertext.ciphertext === undefined && sizeBytes > HELD_BYTES_MAX) {
    const pieces = (held?: HeldPlaintext) => openStreamed(keys, fetch, sizeBytes, ciphertextHolder, held)
    return { ok: true, value: { ...base, bytes: undefined, pieces } }
  }
  const whole = ciphertext.ciphertext ? ok(ciphertext.ciphertext) : await fetchWhole(fetch, sizeBytes)
  const bytes = whole.ok ? openHeld(keys, whole.value) : whole
  if (!bytes.ok) return blame(whole.ok ? blamedFor(bytes) : 'ciphertext', bytes)
  return { ok: true, value: { ...base, bytes: bytes.value, pieces: () => onePiece(bytes.value) } }
}

/** Opens records from what two holders gave, and checks every byte against the chain's anchor. */
export const createItemOpener = (request: ReadRequest) => {
  const { networkId, kind } = request
  const opener = createEnvelopeOpener(networkId, nodeCiphers)
  return async (parts: RecordParts): Promise<Opening> => {
    const { recordId, anchor, batch } = parts
    const bytes = parts.ciphertext.key ?? new Uint8Array(0)
    const envelope = decodeEnvelope(bytes, anchor.envelopeDigest)
    if (!envelope.ok) return blame('ciphertext', envelope)
    const k1 = await k1For(request, opener, bytes, envelope.value.epoch, parts)
    if (!k1.ok) return blame('nobody', k1)
    const released = parts.release.key ?? new Uint8Array(0)
    const k2h = kind === 'read' ? releaseHeaderKey(released, nodeCiphers) : released
    const header =
      k2h.length === 32 ? openHeader({ networkId, envelope: bytes, k1: k1.value, k2h }, nodeCiphers) : NO_KEY
    // The envelope is the anchored one and k1 came out of it: what does not fit is the release key.
    if (!header.ok) return blame('release', header)
    if (kind === 'list') {
      const base = { recordId, header: header.value, batch, anchor, k1: k1.value }
      const value = { ...base, bytes: undefined, pieces: noPieces }
      return { ok: true, value }
    }
    return openContent(parts, {
      networkId,
      recordId,
      anchor,
      header: header.value,
      k1: k1.value,
      k2: released,
    })
  }
}

export const itemIn = ({ items }: LegItems, recordId: Uint8Array): LegItem | undefined =>
  items.get(hexFromBytes(recordId))
