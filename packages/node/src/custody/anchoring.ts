import {
  type AccessMode,
  type Account,
  type Anchoring,
  accounts,
  anchoringIn,
  batchOfRecord,
  createCiphertextDigest,
  type Disputing,
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

/** A `records.anchor` or `records.dispute` transaction and what it says. */
export interface AnchoringTransaction {
  readonly pending: PendingTransaction
  readonly anchoring: Anchoring
  /** All of it, where the batch disputes a record. */
  readonly disputing: Disputing | undefined
}

/** `import.shape` when the bytes are no anchoring; its signatures are the chain's to check. */
export const anchoringFromBytes = (transaction: Uint8Array): Result<AnchoringTransaction> => {
  const pending = pendingFromBytes(transaction)
  if (!pending.ok) return refuseCustody('import.shape', pending.message)
  const { body } = pending.value.transaction
  const anchoring = anchoringIn(body)
  if (!anchoring) return refuseCustody('import.shape', 'the transaction anchors nothing')
  if (!anchoring.ok) return refuseCustody('import.shape', anchoring.message)
  const { disputed } = anchoring.value
  const disputing = disputed && { ...anchoring.value, disputed }
  return ok({ pending: pending.value, anchoring: anchoring.value, disputing })
}

/** The institution that an account acts for: itself, or its sponsor. */
export const institutionOf = (id: Uint8Array, account: Account | undefined): Uint8Array | undefined =>
  account && (isInstitutionRole(account.role) ? id : account.sponsor)

/**
 * The institution that a batch counts as written by, which its envelopes name and which never holds its release keys:
 * the sender's, and of a dispute that of the record in dispute. Undefined when the state does not know it.
 */
export const writtenBy = (
  view: ReadView,
  { pending, anchoring, disputing }: AnchoringTransaction,
): Uint8Array | undefined => {
  if (disputing) return batchOfRecord(view, anchoring.chart, disputing.disputed)?.institution
  const { sender } = pending.transaction.body
  return institutionOf(sender, view.get(accounts, sender))
}

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
