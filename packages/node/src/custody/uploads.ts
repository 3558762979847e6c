import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { hexFromBytes, ok, type Result } from '@medchain/core'
import { shredFile } from '../keystore/index.ts'
import type { ClockPort } from '../requests/ports.ts'
import { PIECE_BYTES_MAX } from '../requests/vault-messages.ts'
import { refuseCustody } from './codes.ts'

const UPLOAD_BYTES_MAX = 4 * 1024 * 1024 * 1024
const UPLOADS_MAX = 16
/** An interrupted upload is waited for this long, and makes room for another after an hour. */
const UPLOAD_AGE_MS_MAX = 24 * 60 * 60 * 1000
const UPLOAD_IDLE_MS_MAX = 60 * 60 * 1000

/** Ciphertexts on their way in, one file each; ciphertext only, and gone once their batch is handed over. */
export interface Uploads {
  /** Appends at `offset`; answers the size so far, also for a piece that came before. */
  readonly append: (uploadId: Uint8Array, offset: number, bytes: Uint8Array) => Promise<Result<number>>
  readonly sizeBytes: (uploadId: Uint8Array) => Promise<Result<number>>
  readonly bytes: (uploadId: Uint8Array) => Promise<Uint8Array>
  /** The file in pieces of 1 MiB, without the first `skip` of them. */
  readonly pieces: (uploadId: Uint8Array, skip?: number) => AsyncIterable<Uint8Array>
  readonly remove: (uploadId: Uint8Array) => Promise<void>
  /** Drops uploads that nobody went on with for a day. */
  readonly sweep: () => Promise<void>
}

export const createUploads = async (
  folder: string,
  clock: ClockPort,
  isNeeded: (name: string) => boolean = () => false,
): Promise<Uploads> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fileOf = (uploadId: Uint8Array): string => path.join(folder, hexFromBytes(uploadId))
  const sizeOf = async (file: string): Promise<number | undefined> => {
    const found = await stat(file).catch(() => undefined)
    return found?.size
  }

  /** Whether another upload may begin, if need be in the place of the one that rests longest. */
  const hasRoom = async (): Promise<boolean> => {
    const names = await readdir(folder)
    if (names.length < UPLOADS_MAX) return true
    const idle: { readonly name: string; readonly sinceMs: number }[] = []
    for (const name of names) {
      const found = await stat(path.join(folder, name)).catch(() => undefined)
      const rests = found !== undefined && clock.wallMs() - found.mtimeMs > UPLOAD_IDLE_MS_MAX
      if (rests && !isNeeded(name)) idle.push({ name, sinceMs: found.mtimeMs })
    }
    const [longest] = idle.sort((a, b) => a.sinceMs - b.sinceMs)
    if (longest === undefined) return false
    await shredFile(path.join(folder, longest.name))
    return true
  }

  const appendNow: Uploads['append'] = async (uploadId, offset, bytes) => {
    const file = fileOf(uploadId)
    const have = (await sizeOf(file)) ?? 0
    if (offset + bytes.length <= have) return ok(have)
    if (have === 0 && !(await hasRoom())) return refuseCustody('import.upload-size')
    if (offset !== have) return refuseCustody('import.offset', `have ${have} bytes`)
    if (offset + bytes.length > UPLOAD_BYTES_MAX) return refuseCustody('import.upload-size')
    const handle = await open(file, 'a', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return ok(offset + bytes.length)
  }

  /** One after another: a piece that is sent again while it is being written is not written twice. */
  let appending: Promise<unknown> = Promise.resolve()

  return {
    append(uploadId, offset, bytes) {
      const appended = appending.then(() => appendNow(uploadId, offset, bytes))
      appending = appended.catch(() => undefined)
      return appended
    },
    async sizeBytes(uploadId) {
      const size = await sizeOf(fileOf(uploadId))
      return size === undefined ? refuseCustody('import.upload') : ok(size)
    },
    bytes: async (uploadId) => new Uint8Array(await readFile(fileOf(uploadId))),
    pieces: (uploadId, skip = 0) =>
      createReadStream(fileOf(uploadId), {
        start: skip * PIECE_BYTES_MAX,
        highWaterMark: PIECE_BYTES_MAX,
      }),
    remove: (uploadId) => shredFile(fileOf(uploadId)),
    async sweep() {
      for (const name of await readdir(folder)) {
        const found = await stat(path.join(folder, name)).catch(() => undefined)
        const isOld = found !== undefined && clock.wallMs() - found.mtimeMs > UPLOAD_AGE_MS_MAX
        if (isOld && !isNeeded(name)) await shredFile(path.join(folder, name))
      }
    },
  }
}
