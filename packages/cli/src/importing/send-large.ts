import { createReadStream } from 'node:fs'
import { type BatchTarget, createFileSealer, importChunk } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { valueOrFail } from '../command-error.ts'
import type { ImportItem } from './import-item.ts'
import type { ImportAuthor } from './import-target.ts'
import type { SealedContents } from './sealed-contents.ts'

const PIECE_BYTES = 4 * 1024 * 1024
const READ_BYTES = 1024 * 1024
const UPLOAD_ID_BYTES = 16
const UPLOAD_TIMEOUT_MS = 120_000

async function* plaintextOf({ content }: ImportItem): AsyncGenerator<Uint8Array> {
  if (content.type === 'file') {
    for await (const chunk of createReadStream(content.path, { highWaterMark: READ_BYTES }))
      yield chunk as Buffer
    return
  }
  for (let at = 0; at < content.bytes.length; at += READ_BYTES)
    yield content.bytes.subarray(at, at + READ_BYTES)
}

/** Regroups a stream into pieces of exactly `sizeBytes`, the last one shorter. */
export const createPieces = (sizeBytes: number, send: (piece: Uint8Array) => Promise<void>) => {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const flush = async (untilBytes: number): Promise<void> => {
    while (waitingBytes >= untilBytes && waitingBytes > 0) {
      const all = Buffer.concat(waiting)
      const piece = all.subarray(0, Math.min(sizeBytes, all.length))
      await send(piece)
      waiting = [all.subarray(piece.length)]
      waitingBytes -= piece.length
    }
  }
  return {
    push: async (bytes: Uint8Array): Promise<void> => {
      waiting.push(bytes)
      waitingBytes += bytes.length
      await flush(sizeBytes)
    },
    finish: () => flush(0),
  }
}

/** Seals one large record piece by piece and uploads its ciphertext, ahead of the batch that anchors it. */
export const sealLargeItem = async (
  client: NodeClient,
  { actor, institution }: ImportAuthor,
  target: BatchTarget,
  item: ImportItem,
): Promise<SealedContents> => {
  const uploadId = nodeCiphers.randomBytes(UPLOAD_ID_BYTES)
  const sealer = valueOrFail(await createFileSealer(target, item.description, nodeCiphers))
  let offset = 0
  const pieces = createPieces(PIECE_BYTES, async (bytes) => {
    const options = { node: institution.institution, timeoutMs: UPLOAD_TIMEOUT_MS }
    await client.call(importChunk, { uploadId, offset, bytes }, actor, options)
    offset += bytes.length
  })
  for await (const plain of plaintextOf(item)) await pieces.push(sealer.push(plain))
  const sealed = valueOrFail(await sealer.finish())
  await pieces.push(sealed.tail)
  await pieces.finish()
  return { items: [sealed.item], ciphertexts: [new Uint8Array(0)], releases: sealed.releases, uploadId }
}
