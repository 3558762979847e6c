import { mkdir, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import {
  base32FromBytes,
  bytes,
  decode,
  encode,
  type ImportBatch,
  importBatch,
  NONCE_BYTES,
  type RecordSecrets,
  struct,
  uint,
} from '@medchain/core'
import { nodeCiphers, writeFileAtomic } from '@medchain/node'

const AGE_MS_MAX = 7 * 86_400_000
const HASH_BYTES = 32
const NO_AAD = new Uint8Array(0)
const BATCH_BYTES_MAX = 25 * 1024 * 1024

/** What an upload was begun with: the same again gives the same ciphertext. */
export interface UploadStart extends RecordSecrets {
  readonly networkId: Uint8Array
  readonly chart: Uint8Array
  readonly epoch: number
  /** Of the batch id. */
  readonly nonce: Uint8Array
  readonly uploadId: Uint8Array
}

const startSchema = struct<UploadStart>({
  k1: bytes(32),
  k2: bytes(32),
  salt: bytes(32),
  networkId: bytes(32),
  chart: bytes(32),
  epoch: uint(),
  nonce: bytes(16),
  uploadId: bytes(16),
})

/** Where uploads of one identity are noted. */
export interface JournalPlace {
  readonly folder: string
  /** 32 bytes; what is noted is as secret as the records. */
  readonly key: Uint8Array
}

/** What is known on this machine of one upload that may have been interrupted. */
export interface UploadJournal {
  readonly start: UploadStart | undefined
  /** SHA-256 of each piece of ciphertext that was, or was about to be, sent. */
  readonly pieces: readonly Uint8Array[]
  /** The whole import, once everything was uploaded. */
  readonly batch: ImportBatch | undefined
  readonly begin: (start: UploadStart) => Promise<void>
  /** Durable before the piece leaves: a piece under these keys is never sent with another content. */
  readonly notePiece: (hash: Uint8Array) => Promise<void>
  readonly noteBatch: (batch: ImportBatch) => Promise<void>
  readonly dropBatch: () => Promise<void>
  readonly remove: () => Promise<void>
}

const readIfThere = (file: string): Promise<Uint8Array | undefined> =>
  readFile(file).then(
    (content) => new Uint8Array(content),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )

/** Forgets what nobody went on with for a week. */
const sweep = async (folder: string, nowMs: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => undefined)
    if (found && nowMs - found.mtimeMs > AGE_MS_MAX) await rm(file, { force: true })
  }
}

const createBox = ({ key }: JournalPlace) => ({
  close(content: Uint8Array): Uint8Array {
    const nonce = nodeCiphers.randomBytes(NONCE_BYTES)
    return Buffer.concat([nonce, nodeCiphers.aesGcmSeal(key, nonce, NO_AAD, content)])
  },
  open: (sealed: Uint8Array): Uint8Array | undefined =>
    nodeCiphers.aesGcmOpen(key, sealed.subarray(0, NONCE_BYTES), NO_AAD, sealed.subarray(NONCE_BYTES)),
})

/** The hashes noted so far; a torn last one belongs to a piece that never left, and is cut off. */
const readPieces = async (file: string): Promise<Uint8Array[]> => {
  const noted = await readIfThere(file)
  if (noted === undefined) return []
  const count = Math.floor(noted.length / HASH_BYTES)
  if (noted.length > count * HASH_BYTES) await truncate(file, count * HASH_BYTES)
  return Array.from({ length: count }, (_, index) =>
    noted.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  )
}

/** The journal of one item to one chart; without anything in it where none was begun, or it does not open. */
export const openUploadJournal = async (
  place: JournalPlace,
  digest: Uint8Array,
  nowMs: number,
): Promise<UploadJournal> => {
  await mkdir(place.folder, { recursive: true, mode: 0o700 })
  await sweep(place.folder, nowMs)
  const fileOf = (ending: string): string =>
    path.join(place.folder, `${base32FromBytes(nodeCiphers.hmacSha256(place.key, digest))}.${ending}`)
  const files = { start: fileOf('start'), pieces: fileOf('pieces'), batch: fileOf('batch') }
  const box = createBox(place)
  const opened = async (file: string): Promise<Uint8Array | undefined> => {
    const sealed = await readIfThere(file)
    return sealed && box.open(sealed)
  }
  const head = await opened(files.start)
  const start = head && decode(startSchema, head)
  const whole = await opened(files.batch)
  const batch = whole && decode(importBatch.payload, whole, BATCH_BYTES_MAX)
  const isBegun = start?.ok === true
  const write = (file: string, content: Uint8Array): Promise<void> =>
    writeFileAtomic(file, box.close(content), { mode: 0o600 })
  return {
    start: isBegun ? start.value : undefined,
    pieces: isBegun ? await readPieces(files.pieces) : [],
    batch: isBegun && batch?.ok ? batch.value : undefined,
    async begin(begun) {
      await rm(files.pieces, { force: true })
      await rm(files.batch, { force: true })
      await write(files.start, encode(startSchema, begun))
    },
    async notePiece(hash) {
      const handle = await open(files.pieces, 'a', 0o600)
      try {
        await handle.writeFile(hash)
        await handle.datasync()
      } finally {
        await handle.close()
      }
    },
    noteBatch: (sent) => write(files.batch, encode(importBatch.payload, sent)),
    dropBatch: () => rm(files.batch, { force: true }),
    async remove() {
      for (const file of [files.batch, files.pieces, files.start]) await rm(file, { force: true })
    },
  }
}
