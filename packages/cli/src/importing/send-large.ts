import { createReadStream } from 'node:fs'
import { type BatchTarget, createFileSealer, equalBytes, importChunk } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { fail, valueOrFail } from '../command-error.ts'
import { sizeText } from '../format/size.ts'
import type { ImportItem } from './import-item.ts'
import type { ImportAuthor } from './import-target.ts'
import type { SealedContents } from './sealed-contents.ts'
import type { UploadJournal } from './upload-journal.ts'

const PIECE_BYTES = 1024 * 1024
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

/** How a large record is to be sent, and what an earlier run left of it. */
export interface LargeSending {
  readonly target: BatchTarget & { readonly batchId: Uint8Array; readonly nonce: Uint8Array }
  readonly journal: UploadJournal
  /** Whether the person wants it to end; asked before each piece. */
  readonly isInterrupted: () => boolean
}

const interrupted = (sentBytes: number): never =>
  fail(
    'import.interrupted',
    `The import was interrupted; ${sizeText(sentBytes)} of the file are with the institution for a day.`,
    'Run it again, and it goes on where it stopped.',
  )

const changed = (name: string): never =>
  fail(
    'import.changed',
    `${name} changed while it was being sent; what was sent of it is not used.`,
    'Run it again.',
  )

/** Sends what the node does not have, piece by piece; nothing leaves under the same keys with two contents. */
const createUpload = (
  client: NodeClient,
  { actor, institution }: ImportAuthor,
  { journal, isInterrupted }: LargeSending,
  uploadId: Uint8Array,
  haveBytes: number,
  name: string,
) => {
  let offset = 0
  let index = 0
  const options = { node: institution.institution, timeoutMs: UPLOAD_TIMEOUT_MS }
  return async (bytes: Uint8Array): Promise<void> => {
    const hash = nodeCiphers.sha256(bytes)
    const known = journal.pieces[index]
    if (known !== undefined && !equalBytes(known, hash)) {
      await journal.remove()
      return changed(name)
    }
    if (known === undefined) await journal.notePiece(hash)
    if (offset + bytes.length > haveBytes) {
      if (isInterrupted()) return interrupted(offset)
      const from = Math.max(0, haveBytes - offset)
      const piece = { uploadId, offset: offset + from, bytes: bytes.subarray(from) }
      await client.call(importChunk, piece, actor, options)
    }
    offset += bytes.length
    index += 1
  }
}

/**
 * Seals one large record piece by piece and uploads its ciphertext, ahead of the batch that anchors it. An upload that
 * was interrupted goes on behind the last piece that the node made durable.
 */
export const sealLargeItem = async (
  client: NodeClient,
  author: ImportAuthor,
  sending: LargeSending,
  item: ImportItem,
): Promise<SealedContents> => {
  const { target, journal } = sending
  const { start } = journal
  const sealer = valueOrFail(await createFileSealer(target, item.description, nodeCiphers, start))
  const uploadId = start?.uploadId ?? nodeCiphers.randomBytes(UPLOAD_ID_BYTES)
  if (start === undefined) {
    const { networkId, chart, epoch, nonce } = target
    await journal.begin({ ...sealer.secrets, networkId, chart, epoch, nonce, uploadId })
  }
  const asked = { uploadId, offset: 0, bytes: new Uint8Array(0) }
  const options = { node: author.institution.institution }
  const haveBytes = start ? (await client.call(importChunk, asked, author.actor, options)).sizeBytes : 0
  const send = createUpload(client, author, sending, uploadId, haveBytes, item.path)
  const pieces = createPieces(PIECE_BYTES, send)
  for await (const plain of plaintextOf(item)) await pieces.push(sealer.push(plain))
  const sealed = valueOrFail(await sealer.finish())
  await pieces.push(sealed.tail)
  await pieces.finish()
  return { items: [sealed.item], ciphertexts: [new Uint8Array(0)], releases: sealed.releases, uploadId }
}
