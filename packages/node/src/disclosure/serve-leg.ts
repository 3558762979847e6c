import type { SignedDisclosure } from '@medchain/core'
import {
  CIPHERTEXT_INLINE_BYTES_MAX,
  type DisclosureKind,
  encode,
  type LegItem,
  legAnswerSchema,
  ok,
  type Result,
  releaseHeaderKey,
  sealLeg,
} from '@medchain/core'
import type { StoredRecords } from '../custody/stored-batch.ts'
import { nodeCiphers } from '../keystore/index.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import type { AdmitStatement, AdmittedStatement } from './admit-statement.ts'
import type { RecordDecision } from './decide.ts'
import type { PermittedChunks } from './permitted-chunks.ts'

/** Ciphertexts in one answer; what does not fit is fetched in chunks. */
const INLINE_TOTAL_BYTES_MAX = 12 * 1024 * 1024

type Keys = Pick<LegItem, 'key' | 'ciphertext' | 'ciphertextSizeBytes'>

const withoutKeys = (recordId: Uint8Array, code: string): LegItem => ({
  recordId,
  code,
  key: undefined,
  ciphertext: undefined,
  ciphertextSizeBytes: 0,
})

/** An item for each decision; what the vault cannot give carries the vault's code. */
export const itemsFor = async (
  decisions: readonly RecordDecision[],
  keysOf: (recordId: Uint8Array) => Promise<Result<Keys>>,
): Promise<LegItem[]> => {
  const items: LegItem[] = []
  for (const { recordId, decision } of decisions) {
    if (decision.outcome === 'deny') {
      items.push(withoutKeys(recordId, decision.code))
      continue
    }
    const keys = await keysOf(recordId)
    items.push(keys.ok ? { recordId, code: 'permit', ...keys.value } : withoutKeys(recordId, keys.code))
  }
  return items
}

/** The items sealed to the statement's response key. */
export const sealItems = (
  { statement, hash, staleMs }: AdmittedStatement,
  items: readonly LegItem[],
): Promise<Result<Uint8Array>> =>
  sealLeg(
    statement.responseKey,
    { networkId: statement.networkId, statementHash: hash },
    encode(legAnswerSchema, { staleMs, items }),
  )

const ciphertextKeys = (records: StoredRecords, kind: DisclosureKind) => {
  let inlineBytes = 0
  return async (recordId: Uint8Array): Promise<Result<Keys>> => {
    const envelope = await records.envelope(recordId)
    if (!envelope.ok) return envelope
    const size = await records.sizeBytes(recordId)
    if (!size.ok) return size
    const isInline =
      kind === 'read' &&
      size.value <= CIPHERTEXT_INLINE_BYTES_MAX &&
      inlineBytes + size.value <= INLINE_TOTAL_BYTES_MAX
    const base = { key: envelope.value, ciphertextSizeBytes: size.value }
    if (!isInline) return ok({ ...base, ciphertext: undefined })
    const ciphertext = await records.ciphertext(recordId, 0, size.value)
    if (!ciphertext.ok) return ciphertext
    inlineBytes += size.value
    return ok({ ...base, ciphertext: ciphertext.value })
  }
}

const releaseKeys =
  (records: StoredRecords, kind: DisclosureKind) =>
  async (recordId: Uint8Array): Promise<Result<Keys>> => {
    const k2 = await records.releaseKey(recordId)
    if (!k2.ok) return k2
    const key = kind === 'read' ? k2.value : releaseHeaderKey(k2.value, nodeCiphers)
    return ok({ key, ciphertext: undefined, ciphertextSizeBytes: 0 })
  }

/** One leg of a disclosure: decided and logged, then read from the vault and sealed. */
export const serveLegWith =
  (
    admit: AdmitStatement,
    records: StoredRecords,
    chunks: PermittedChunks,
    { clock }: Pick<PrivacyPorts, 'clock'>,
  ) =>
  async (
    { signed, leg }: { readonly signed: SignedDisclosure; readonly leg: 'ciphertext' | 'release' },
    actor: Uint8Array,
  ): Promise<Result<Uint8Array>> => {
    const admitted = await admit(signed, leg, actor)
    if (!admitted.ok) return admitted
    const { statement, hash, decisions } = admitted.value
    const keysOf =
      leg === 'ciphertext' ? ciphertextKeys(records, statement.kind) : releaseKeys(records, statement.kind)
    const items = await itemsFor(decisions, keysOf)
    if (leg === 'ciphertext' && statement.kind === 'read') chunks.permit(hash, statement, clock.wallMs())
    return sealItems(admitted.value, items)
  }
