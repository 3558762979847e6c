import {
  type AccessMode,
  type Account,
  type Anchoring,
  accounts,
  anchoringSchema,
  createCiphertextDigest,
  decode,
  decodeEnvelope,
  equalBytes,
  isInstitutionRole,
  ok,
  type PendingTransaction,
  pendingFromBytes,
  type ReadView,
  type Result,
  recordIdOf,
  speaksForInstitution,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import { refuseCustody } from './codes.ts'

/** A `records.anchor` transaction and what it says. */
export interface AnchoringTransaction {
  readonly pending: PendingTransaction
  readonly anchoring: Anchoring
}

/** `import.shape` when the bytes are no anchoring; its signatures are the chain's to check. */
export const anchoringFromBytes = (transaction: Uint8Array): Result<AnchoringTransaction> => {
  const pending = pendingFromBytes(transaction)
  if (!pending.ok) return refuseCustody('import.shape', pending.message)
  const { body } = pending.value.transaction
  if (body.kind !== 'records.anchor') return refuseCustody('import.shape', 'the transaction anchors nothing')
  const anchoring = decode(anchoringSchema, body.payload)
  return anchoring.ok
    ? ok({ pending: pending.value, anchoring: anchoring.value })
    : refuseCustody('import.shape', anchoring.message)
}

/** The institution that an account acts for: itself, or its sponsor. */
export const institutionOf = (id: Uint8Array, account: Account | undefined): Uint8Array | undefined =>
  account && (isInstitutionRole(account.role) ? id : account.sponsor)

/** Whether the account may act for the institution in this mode, and both are active. */
export const isStaffOf = (
  view: ReadView,
  id: Uint8Array,
  institution: Uint8Array,
  mode: AccessMode = 'read',
): boolean => {
  const account = view.get(accounts, id)
  const own = institutionOf(id, account)
  return (
    account?.status === 'active' &&
    speaksForInstitution(account.role, mode) &&
    own !== undefined &&
    equalBytes(own, institution) &&
    view.get(accounts, institution)?.status === 'active'
  )
}

/** Whether every envelope is the anchored one and speaks of its own record, chart, epoch and author. */
export const checkEnvelopes = (
  { chart, batchId, epoch, anchors }: Anchoring,
  envelopes: readonly Uint8Array[],
  author: Uint8Array,
): Result<void> => {
  if (envelopes.length !== anchors.length)
    return refuseCustody('import.shape', 'envelopes and anchors differ in number')
  for (const [position, anchor] of anchors.entries()) {
    const envelope = decodeEnvelope(envelopes[position] as Uint8Array, anchor.envelopeDigest)
    if (!envelope.ok) return refuseCustody('import.digest', `envelope ${position}`)
    const { value } = envelope
    const fits =
      equalBytes(value.recordId, recordIdOf(batchId, position)) &&
      equalBytes(value.chart, chart) &&
      value.epoch === epoch &&
      equalBytes(value.authorInstitution, author)
    if (!fits) return refuseCustody('import.shape', `envelope ${position} is for another record`)
  }
  return ok(undefined)
}

/** The anchors' digest of a ciphertext that comes in parts, and its size. */
export const digestOfParts = async (
  parts: AsyncIterable<Uint8Array>,
): Promise<{ readonly digest: Uint8Array; readonly sizeBytes: number }> => {
  const digest = createCiphertextDigest(nodeCiphers)
  let sizeBytes = 0
  for await (const part of parts) {
    digest.update(part)
    sizeBytes += part.length
  }
  return { digest: digest.digest(), sizeBytes }
}
