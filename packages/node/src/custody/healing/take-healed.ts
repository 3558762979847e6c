import {
  anchorsRootOf,
  ciphertextDigestOf,
  decodeEnvelope,
  equalBytes,
  memberHistoryIn,
  ok,
  openReleaseSet,
  type RecordAnchor,
  type Result,
  recordIdOf,
} from '@medchain/core'
import { nodeCiphers } from '../../keystore/index.ts'
import type { PrivacyPorts, VaultEntry } from '../../requests/ports.ts'
import type { VaultMessage } from '../../requests/vault-messages.ts'
import { digestOfParts } from '../anchoring.ts'
import { refuseCustody } from '../codes.ts'
import { piecesOf } from '../holder.ts'
import { isInPieces, manifestEntry, pieceCount, piecesMarker, readManifest } from '../stored-batch.ts'
import { erasedPositions, healedHoldersIn, isAmong, type Side } from './healed-sides.ts'

type HealCiphertexts = Omit<Extract<VaultMessage, { type: 'heal-ciphertexts' }>, 'type'>
type HealReleases = Omit<Extract<VaultMessage, { type: 'heal-releases' }>, 'type'>
type Ports = Pick<PrivacyPorts, 'chain' | 'vault' | 'self'>

/** Takes sides of batches that other holders heal; each call is durable when it answers ok. */
export interface HealedTaker {
  /** Which of the batches this node is to keep that side of, and keeps no side of. */
  readonly lacking: (side: Side, batchIds: readonly Uint8Array[]) => Promise<readonly Uint8Array[]>
  readonly takeCiphertexts: (from: Uint8Array, message: HealCiphertexts) => Promise<Result<void>>
  readonly takeReleases: (from: Uint8Array, message: HealReleases) => Promise<Result<void>>
}

interface Vacancy {
  readonly anchors: readonly RecordAnchor[]
  readonly anchorsRoot: Uint8Array
  readonly erased: ReadonlySet<number>
}

export const createHealedTaker = ({ chain, vault, self }: Ports): HealedTaker => {
  /** Whoever has one side never takes the other, and nothing here is replaced. */
  const holdsNothing = async (batchId: Uint8Array): Promise<boolean> => {
    const manifest = await readManifest(vault, batchId)
    return manifest.ok && manifest.value === undefined
  }

  const isOurs = (side: Side, batchId: Uint8Array): boolean => {
    const head = chain.head()
    const found = healedHoldersIn(head, memberHistoryIn(head.view), batchId)
    return found !== undefined && isAmong(found.holders.now[side], self.id)
  }

  /** What has to be here and is not; refuses what is not this node's, or not the giver's to give. */
  const vacancyOf = async (side: Side, from: Uint8Array, batchId: Uint8Array): Promise<Result<Vacancy>> => {
    const head = chain.head()
    const found = healedHoldersIn(head, memberHistoryIn(head.view), batchId)
    if (!found || !isAmong(found.holders.now[side], self.id) || !isAmong(found.holders.ever[side], from))
      return refuseCustody('import.author')
    if (!(await holdsNothing(batchId))) return refuseCustody('import.shape', 'a side of the batch is here')
    const anchors = await chain.anchorsOf(batchId)
    const { anchorsRoot, count } = found.batch
    if (!anchors || !equalBytes(anchorsRootOf(anchors), anchorsRoot)) return refuseCustody('vault.missing')
    return ok({ anchors, anchorsRoot, erased: erasedPositions(chain.head(), batchId, count) })
  }

  const checkOne = async (
    { batchId, envelopes, ciphertexts, sizesBytes }: HealCiphertexts,
    anchor: RecordAnchor,
    position: number,
  ): Promise<boolean> => {
    const [envelope, ciphertext] = [envelopes[position], ciphertexts[position]]
    const sizeBytes = sizesBytes[position]
    if (!envelope || !ciphertext || sizeBytes === undefined) return false
    if (!decodeEnvelope(envelope, anchor.envelopeDigest).ok) return false
    const parts = piecesOf(vault, recordIdOf(batchId, position), pieceCount(sizeBytes))
    const { digest, sizeBytes: actual } = isInPieces(sizeBytes)
      ? await digestOfParts(parts)
      : { digest: ciphertextDigestOf(ciphertext, nodeCiphers), sizeBytes: ciphertext.length }
    return actual === sizeBytes && equalBytes(digest, anchor.ciphertextDigest)
  }

  const keep = async (
    side: Side,
    from: Uint8Array,
    batchId: Uint8Array,
    { anchors, anchorsRoot }: Vacancy,
    values: readonly VaultEntry[],
    sizesBytes: readonly number[],
  ): Promise<Result<void>> => {
    const manifest = { side, from, anchorsRoot, count: anchors.length, sizesBytes }
    await vault.putBatch([...values, manifestEntry(batchId, manifest)])
    const inPieces = sizesBytes.flatMap((size, position) => (isInPieces(size) ? [position] : []))
    if (inPieces.length > 0)
      await vault.erase(inPieces.map((position) => piecesMarker(recordIdOf(batchId, position))))
    return ok(undefined)
  }

  return {
    async lacking(side, batchIds) {
      const found: Uint8Array[] = []
      for (const batchId of batchIds)
        if (isOurs(side, batchId) && (await holdsNothing(batchId))) found.push(batchId)
      return found
    },
    async takeCiphertexts(from, message) {
      const { batchId, envelopes, ciphertexts } = message
      const vacancy = await vacancyOf('ciphertext', from, batchId)
      if (!vacancy.ok) return vacancy
      const { anchors, erased } = vacancy.value
      const values: VaultEntry[] = []
      for (const [position, anchor] of anchors.entries()) {
        if (erased.has(position)) continue
        if (!(await checkOne(message, anchor, position)))
          return refuseCustody('import.digest', `record ${position} of a healed batch`)
        const key = recordIdOf(batchId, position)
        values.push({ kind: 'envelope', key, value: envelopes[position] as Uint8Array })
        if (!isInPieces(message.sizesBytes[position] as number))
          values.push({ kind: 'ciphertext', key, value: ciphertexts[position] as Uint8Array })
      }
      const sizesBytes = anchors.map((_, position) =>
        erased.has(position) ? 0 : (message.sizesBytes[position] as number),
      )
      return keep('ciphertext', from, batchId, vacancy.value, values, sizesBytes)
    },
    async takeReleases(from, { batchId, sealed }) {
      const vacancy = await vacancyOf('release', from, batchId)
      if (!vacancy.ok) return vacancy
      const own = { networkId: chain.networkId, institution: self.id, sealingSecret: self.sealingSecret }
      const keys = await openReleaseSet({ ...own, sealed })
      if (!keys.ok) return keys
      const { anchors, erased } = vacancy.value
      const fits =
        keys.value.length === anchors.length &&
        keys.value.every(({ recordId }, position) => equalBytes(recordId, recordIdOf(batchId, position)))
      if (!fits) return refuseCustody('import.shape', 'the release keys are for other records')
      const values = keys.value.flatMap(({ recordId, k2 }, position): VaultEntry[] =>
        erased.has(position) ? [] : [{ kind: 'release', key: recordId, value: k2 }],
      )
      return keep('release', from, batchId, vacancy.value, values, [])
    },
  }
}
