import { type FileHandle, open, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  bytes,
  createChunkOpener,
  createChunkSealer,
  decode,
  encode,
  ok,
  type Result,
  struct,
  uint,
} from '@medchain/core'
import { nodeCiphers, syncFolder } from '../../keystore/index.ts'
import { refuseVault } from './codes.ts'

const READ_BYTES = 256 * 1024

/** What the entry of a large value holds in its stead. */
export interface LargeFileKey {
  /** 32 bytes; seals this one file. */
  readonly key: Uint8Array
  readonly sizeBytes: number
}

const largeFileKeySchema = struct<LargeFileKey>({ key: bytes(32), sizeBytes: uint() })

export const encodeLargeFileKey = (key: LargeFileKey): Uint8Array => encode(largeFileKeySchema, key)

export const decodeLargeFileKey = (encoded: Uint8Array): Result<LargeFileKey> =>
  decode(largeFileKeySchema, encoded)

const writeChunks = async (handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<LargeFileKey> => {
  const key = nodeCiphers.randomBytes(32)
  const sealer = createChunkSealer(key, 1, nodeCiphers)
  let sizeBytes = 0
  for await (const chunk of chunks) {
    sizeBytes += chunk.length
    await handle.writeFile(sealer.push(chunk))
  }
  await handle.writeFile(sealer.finish())
  await handle.sync()
  return { key, sizeBytes }
}

/** Writes a new file in chunks of 64 KiB under a key of its own; durable when resolved, gone when it throws. */
export const writeLargeFile = async (
  file: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<LargeFileKey> => {
  const handle = await open(file, 'wx', 0o600)
  try {
    const key = await writeChunks(handle, chunks)
    await handle.close()
    await syncFolder(path.dirname(file))
    return key
  } catch (error) {
    await handle.close()
    await rm(file, { force: true })
    throw error
  }
}

/** The content piece by piece; ends with `vault.damaged` where a chunk does not open or the file is too short. */
export async function* readLargeFile(
  file: string,
  { key, sizeBytes }: LargeFileKey,
): AsyncGenerator<Result<Uint8Array>> {
  const damaged = refuseVault('vault.damaged', path.basename(file))
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return yield damaged
  try {
    const opener = createChunkOpener(key, nodeCiphers)
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    let readBytes = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES)
      const isEnd = bytesRead === 0
      const plain = isEnd ? opener.finish() : opener.push(buffer.subarray(0, bytesRead))
      if (plain === undefined) return yield damaged
      readBytes += plain.length
      if (plain.length > 0) yield ok(plain)
      if (isEnd) break
    }
    if (readBytes !== sizeBytes) yield damaged
  } finally {
    await handle.close()
  }
}
