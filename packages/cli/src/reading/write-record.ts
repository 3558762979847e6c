import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Writable } from 'node:stream'
import type { Result } from '@medchain/core'
import type { OpenedRecord } from '@medchain/node'
import { refusalError } from './refusals.ts'
import { temporaryName } from './write-whole.ts'

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

/** The exact bytes to a file that appears only once they are verified; its absolute path. */
export const saveRecord = async (record: OpenedRecord, named: string): Promise<string> => {
  const file = path.resolve(named)
  const part = temporaryName(file)
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      for await (const piece of record.pieces()) await handle.writeFile(checkedPiece(piece))
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
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
