import {
  accounts,
  equalBytes,
  memberHistoryIn,
  ok,
  type Result,
  recordIdOf,
  sealReleaseSet,
} from '@medchain/core'
import type { PeerExchange } from '../../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../../requests/ports.ts'
import type { VaultMessage } from '../../requests/vault-messages.ts'
import { refuseCustody } from '../codes.ts'
import {
  isInPieces,
  type Manifest,
  pieceCount,
  pieceName,
  readManifest,
  type StoredRecords,
} from '../stored-batch.ts'
import { erasedPositions, healedHoldersIn, isAmong } from './healed-sides.ts'

const NOTHING = new Uint8Array(0)
const NO_KEY = new Uint8Array(32)
const HEAL_TIMEOUT_MS = 60_000

interface GivingParts extends Pick<PrivacyPorts, 'chain' | 'vault' | 'self'> {
  readonly exchange: PeerExchange
  readonly records: StoredRecords
}

interface Gift {
  readonly batchId: Uint8Array
  readonly manifest: Manifest
  readonly to: Uint8Array
  readonly erased: ReadonlySet<number>
}

/** Hands the side of a batch that this node keeps to a holder that lacks it; ok once it is durable there. */
export const createHealedGiver = ({ chain, vault, self, exchange, records }: GivingParts) => {
  const send = async (to: Uint8Array, message: VaultMessage): Promise<Result<void>> => {
    const receipt = await exchange.call(to, message, 'receipt', HEAL_TIMEOUT_MS)
    return receipt.ok ? ok(undefined) : receipt
  }

  const sendPieces = async (
    to: Uint8Array,
    recordId: Uint8Array,
    sizeBytes: number,
  ): Promise<Result<void>> => {
    for (let piece = 0; piece < pieceCount(sizeBytes); piece++) {
      const value = await vault.get(pieceName(recordId, piece))
      if (!value.ok) return value
      if (value.value === undefined) return refuseCustody('vault.missing')
      const sent = await send(to, { type: 'store-piece', recordId, piece, bytes: value.value })
      if (!sent.ok) return sent
    }
    return ok(undefined)
  }

  const giveCiphertexts = async ({ batchId, manifest, to, erased }: Gift): Promise<Result<void>> => {
    const envelopes: Uint8Array[] = []
    const ciphertexts: Uint8Array[] = []
    for (let position = 0; position < manifest.count; position++) {
      const recordId = recordIdOf(batchId, position)
      const sizeBytes = manifest.sizesBytes[position] ?? 0
      const envelope = erased.has(position) ? ok(NOTHING) : await records.envelope(recordId)
      if (!envelope.ok) return envelope
      envelopes.push(envelope.value)
      const isInLine = !erased.has(position) && !isInPieces(sizeBytes)
      const pieces =
        isInLine || erased.has(position) ? ok(undefined) : await sendPieces(to, recordId, sizeBytes)
      if (!pieces.ok) return pieces
      const ciphertext = isInLine ? await records.ciphertext(recordId, 0, sizeBytes) : ok(NOTHING)
      if (!ciphertext.ok) return ciphertext
      ciphertexts.push(new Uint8Array(ciphertext.value))
    }
    const { sizesBytes } = manifest
    return send(to, { type: 'heal-ciphertexts', batchId, envelopes, ciphertexts, sizesBytes })
  }

  const giveReleases = async ({ batchId, manifest, to, erased }: Gift): Promise<Result<void>> => {
    const keys: Uint8Array[] = []
    for (let position = 0; position < manifest.count; position++) {
      const k2 = erased.has(position) ? ok(NO_KEY) : await records.releaseKey(recordIdOf(batchId, position))
      if (!k2.ok) return k2
      keys.push(k2.value)
    }
    const sealingKey = chain.head().view.get(accounts, to)?.sealingKey
    const holder = { institution: to, sealingKey: sealingKey ?? NOTHING }
    const sealed = await sealReleaseSet(chain.networkId, batchId, holder, keys)
    return sealed ? send(to, { type: 'heal-releases', batchId, sealed }) : refuseCustody('import.shape')
  }

  return async (to: Uint8Array, batchId: Uint8Array): Promise<Result<void>> => {
    const manifest = await readManifest(vault, batchId)
    if (!manifest.ok) return manifest
    const head = chain.head()
    const found = healedHoldersIn(head, memberHistoryIn(head.view), batchId)
    // The other side, or a stranger, never gets it, whatever it says of itself.
    const isDue =
      manifest.value !== undefined &&
      found !== undefined &&
      isAmong(found.holders.now[manifest.value.side], to) &&
      !equalBytes(to, self.id)
    if (!isDue || manifest.value === undefined) return refuseCustody('vault.missing')
    const erased = erasedPositions(head, batchId, manifest.value.count)
    const gift = { batchId, manifest: manifest.value, to, erased }
    return manifest.value.side === 'ciphertext' ? giveCiphertexts(gift) : giveReleases(gift)
  }
}
