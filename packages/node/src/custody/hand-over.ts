import { equalBytes, hexFromBytes, ok, type Result, recordIdOf } from '@medchain/core'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import type { VaultMessage } from '../requests/vault-messages.ts'
import type { CheckedImport } from './check-import.ts'
import { refuseCustody } from './codes.ts'
import type { Holder } from './holder.ts'
import { countPieces } from './stored-batch.ts'
import type { Uploads } from './uploads.ts'

/** One side of one batch for one holder. */
export interface Delivery {
  readonly side: 'ciphertext' | 'release'
  readonly institution: Uint8Array
}

export const deliveryName = ({ side, institution }: Delivery): string =>
  `${side} ${hexFromBytes(institution)}`

export const deliveriesOf = ({ holders }: CheckedImport): Delivery[] => [
  ...holders.ciphertext.map((institution) => ({ side: 'ciphertext' as const, institution })),
  ...holders.release.map((institution) => ({ side: 'release' as const, institution })),
]

/** Hands one side of a batch to one holder, which may be this node; ok once it is durable there. */
export type HandOver = (checked: CheckedImport, delivery: Delivery) => Promise<Result<void>>

const STORE_TIMEOUT_MS = 30_000

export const createHandOver = (
  { self, vault }: Pick<PrivacyPorts, 'self' | 'vault'>,
  exchange: PeerExchange,
  holder: Holder,
  uploads: Uploads,
): HandOver => {
  const send = async (institution: Uint8Array, message: VaultMessage): Promise<Result<void>> => {
    if (!equalBytes(institution, self.id)) {
      const receipt = await exchange.call(institution, message, 'receipt', STORE_TIMEOUT_MS)
      return receipt.ok ? ok(undefined) : receipt
    }
    if (message.type === 'store-ciphertexts') return holder.storeCiphertexts(self.id, message)
    if (message.type === 'store-releases') return holder.storeReleases(self.id, message)
    return message.type === 'store-piece'
      ? holder.storePiece(self.id, message)
      : refuseCustody('import.shape')
  }

  /** What an interrupted hand-over brought there already; a holder that cannot say gets everything. */
  const piecesAt = async (institution: Uint8Array, recordId: Uint8Array): Promise<number> => {
    if (equalBytes(institution, self.id)) return countPieces(vault, recordId)
    const message = { type: 'count-pieces' as const, recordId }
    const counted = await exchange.call(institution, message, 'pieces', STORE_TIMEOUT_MS)
    return counted.ok ? counted.value.count : 0
  }

  const sendPieces = async ({ batch }: CheckedImport, institution: Uint8Array): Promise<Result<void>> => {
    if (batch.uploadId === undefined) return ok(undefined)
    const recordId = recordIdOf(
      batch.batchId,
      batch.ciphertexts.findIndex(({ length }) => length === 0),
    )
    let piece = await piecesAt(institution, recordId)
    for await (const bytes of uploads.pieces(batch.uploadId, piece)) {
      const sent = await send(institution, {
        type: 'store-piece',
        recordId,
        piece,
        bytes: new Uint8Array(bytes),
      })
      if (!sent.ok) return sent
      piece++
    }
    return ok(undefined)
  }

  return async (checked, { side, institution }) => {
    const { transaction, envelopes, ciphertexts, releases } = checked.batch
    if (side === 'release') {
      const release = releases.find((candidate) => equalBytes(candidate.institution, institution))
      if (!release) return refuseCustody('import.shape', 'no release keys for a holder')
      return send(institution, { type: 'store-releases', transaction, sealed: release.sealed })
    }
    const pieces = await sendPieces(checked, institution)
    if (!pieces.ok) return pieces
    const { sizesBytes } = checked
    return send(institution, { type: 'store-ciphertexts', transaction, envelopes, ciphertexts, sizesBytes })
  }
}
