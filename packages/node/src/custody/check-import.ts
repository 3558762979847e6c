import {
  batches,
  ciphertextDigestOf,
  equalBytes,
  type Holders,
  holdersOf,
  type ImportBatch,
  institutionsIn,
  memberOrdersIn,
  ok,
  type ReadView,
  type Result,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import {
  type AnchoringTransaction,
  anchoringFromBytes,
  checkEnvelopes,
  digestOfParts,
  writtenBy,
} from './anchoring.ts'
import { refuseCustody } from './codes.ts'
import { isInPieces } from './stored-batch.ts'
import type { Uploads } from './uploads.ts'

/** A batch whose parts fit together, ready to be handed over. */
export interface CheckedImport extends AnchoringTransaction {
  readonly batch: ImportBatch
  readonly holders: Holders
  readonly sizesBytes: readonly number[]
}

const sameMembers = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => equalBytes(one, other)))

const isWhole = ({ ciphertexts, digests, uploadId }: ImportBatch, count: number): boolean => {
  const empty = ciphertexts.filter((ciphertext) => ciphertext.length === 0).length
  return (
    ciphertexts.length === count && digests.length === count && empty === (uploadId === undefined ? 0 : 1)
  )
}

/** Puts a short upload in line with the other ciphertexts. */
const withShortUpload = async (batch: ImportBatch, uploads: Uploads): Promise<Result<ImportBatch>> => {
  if (batch.uploadId === undefined) return ok(batch)
  const size = await uploads.sizeBytes(batch.uploadId)
  if (!size.ok) return size
  if (isInPieces(size.value)) return ok(batch)
  const bytes = await uploads.bytes(batch.uploadId)
  const ciphertexts = batch.ciphertexts.map((ciphertext) => (ciphertext.length === 0 ? bytes : ciphertext))
  return ok({ ...batch, ciphertexts, uploadId: undefined })
}

const checkCiphertexts = async (
  batch: ImportBatch,
  { anchoring }: AnchoringTransaction,
  uploads: Uploads,
): Promise<Result<readonly number[]>> => {
  const sizesBytes: number[] = []
  for (const [position, ciphertext] of batch.ciphertexts.entries()) {
    const { digest, sizeBytes } =
      ciphertext.length === 0
        ? await digestOfParts(uploads.pieces(batch.uploadId as Uint8Array))
        : { digest: ciphertextDigestOf(ciphertext, nodeCiphers), sizeBytes: ciphertext.length }
    if (!equalBytes(digest, anchoring.anchors[position]?.ciphertextDigest as Uint8Array)) {
      return refuseCustody('import.digest', `ciphertext ${position}`)
    }
    sizesBytes.push(sizeBytes)
  }
  return ok(sizesBytes)
}

/**
 * The holders to whom the release keys are sealed: those that the chain named when the batch was committed, or names
 * now, or did before the newest changes of membership. Who has left since is no holder any more.
 */
const holdersFor = (
  { batchId, releases }: ImportBatch,
  view: ReadView,
  author: Uint8Array,
  headHeight: number,
): Holders | undefined => {
  const sealedTo = releases.map(({ institution }) => institution)
  const height = view.get(batches, batchId)?.height ?? headHeight + 1
  const found = memberOrdersIn(view, height)
    .map((order) => holdersOf(batchId, order, author))
    .find(({ release }) => sameMembers(sealedTo, release))
  const present = institutionsIn(view)
  const left = (ids: readonly Uint8Array[]): readonly Uint8Array[] =>
    ids.filter((id) => present.some((each) => equalBytes(each, id)))
  return found && { ciphertext: left(found.ciphertext), release: left(found.release) }
}

/** Whether an import is whole and meant for the holders that the state names; whose it is, is not looked at. */
export const checkImport = async (
  given: ImportBatch,
  { chain, self }: Pick<PrivacyPorts, 'chain' | 'self'>,
  uploads: Uploads,
): Promise<Result<CheckedImport>> => {
  const { view, height } = chain.head()
  const parsed = anchoringFromBytes(given.transaction)
  if (!parsed.ok) return parsed
  const { anchoring } = parsed.value
  const fits = equalBytes(anchoring.batchId, given.batchId) && equalBytes(anchoring.chart, given.chart)
  if (!fits || !isWhole(given, anchoring.anchors.length)) return refuseCustody('import.shape')
  const author = parsed.value.disputing ? writtenBy(view, parsed.value) : self.id
  if (!author) return refuseCustody('import.shape', 'the record in dispute is not on the chain')
  const holders = holdersFor(given, view, author, height)
  if (!holders) return refuseCustody('import.shape', 'the release keys are sealed to other holders')
  const envelopes = checkEnvelopes(anchoring, given.envelopes, author)
  if (!envelopes.ok) return envelopes
  const batch = await withShortUpload(given, uploads)
  if (!batch.ok) return batch
  const sizesBytes = await checkCiphertexts(batch.value, parsed.value, uploads)
  return sizesBytes.ok
    ? ok({ ...parsed.value, batch: batch.value, holders, sizesBytes: sizesBytes.value })
    : sizesBytes
}
