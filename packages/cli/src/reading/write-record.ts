import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { base32FromBytes, CHUNK_BYTES, type Result } from '@medchain/core'
import type { OpenedRecord } from '@medchain/node'
import { CommandError, fail } from '../command-error.ts'
import { sizeText } from '../format/size.ts'
import { refusalError } from './refusals.ts'

const checkedPiece = (piece: Result<Uint8Array>): Uint8Array => {
  if (!piece.ok) throw refusalError(piece)
  return piece.value
}

/** The exact bytes to a stream as they come; they count only when this resolves. */
export const streamRecord = async (record: OpenedRecord, stream: Writable): Promise<void> => {
  for await (const piece of record.pieces()) {
    const bytes = checkedPiece(piece)
    if (bytes.length === 0) continue
    await new Promise<void>((resolve, reject) =>
      stream.write(bytes, (error) => (error ? reject(error) : resolve())),
    )
  }
}

/** Whole chunks of 64 KiB that an interrupted run left of a record, never all of it. */
const wholeChunksIn = async (part: string, { header }: OpenedRecord): Promise<number> => {
  const found = await stat(part).catch(() => undefined)
  const usable = Math.min(found?.size ?? 0, header.sizeBytes - 1)
  return Math.max(0, Math.floor(usable / CHUNK_BYTES) * CHUNK_BYTES)
}

async function* heldIn(part: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return
  const chunks = createReadStream(part, { end: sizeBytes - 1, highWaterMark: CHUNK_BYTES })
  for await (const chunk of chunks) yield chunk as Buffer
}

/** Where the part of a record lies until it is whole: nobody takes it for the record. */
export const partOf = (file: string, recordId: Uint8Array): string =>
  `${file}.${base32FromBytes(recordId)}.part`

const writeAt = async (handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
  return bytes.length
}

const fillPart = async (
  record: OpenedRecord,
  part: string,
  heldBytes: number,
  isInterrupted: () => boolean,
): Promise<void> => {
  const handle = await open(part, heldBytes > 0 ? 'r+' : 'w', 0o600)
  try {
    await handle.truncate(heldBytes)
    let at = heldBytes
    for await (const piece of record.pieces(heldBytes > 0 ? heldIn(part, heldBytes) : undefined)) {
      const bytes = checkedPiece(piece)
      at += await writeAt(handle, bytes, at)
      if (isInterrupted()) fail('record.interrupted', `${sizeText(at)} of the record are kept in ${part}.`)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What passes by itself: the part that came is kept, and the same command goes on behind it. */
export const isKept = (error: unknown): error is CommandError =>
  error instanceof CommandError &&
  /^(network|node|request)\.|^disclosure\.(unknown|stale)$|^record\.interrupted$/.test(error.code)

/**
 * The exact bytes to a file that appears only once they are verified; its absolute path. A large record goes on behind
 * what an interrupted run left beside the file; a part that turns out to be another's, or damaged, is begun anew.
 */
export const saveRecord = async (
  record: OpenedRecord,
  named: string,
  isInterrupted: () => boolean = () => false,
): Promise<string> => {
  const file = path.resolve(named)
  const part = partOf(file, record.recordId)
  const heldBytes = record.bytes === undefined ? await wholeChunksIn(part, record) : 0
  try {
    await fillPart(record, part, heldBytes, isInterrupted).catch(async (error: unknown) => {
      if (heldBytes === 0 || isKept(error)) throw error
      await fillPart(record, part, 0, isInterrupted)
    })
    await rename(part, file)
  } catch (error) {
    if (!isKept(error)) await rm(part, { force: true })
    throw error
  }
  return file
}

/** All bytes of a record in memory. */
export const bytesOfRecord = async (record: OpenedRecord): Promise<Uint8Array> => {
  if (record.bytes !== undefined) return record.bytes
  const pieces: Uint8Array[] = []
  for await (const piece of record.pieces()) pieces.push(checkedPiece(piece))
  return Buffer.concat(pieces)
}
