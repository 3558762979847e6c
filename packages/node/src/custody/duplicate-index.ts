import { type FileHandle, open, readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { concatBytes } from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'

const NAME_BYTES = 32
const RECORD_ID_BYTES = 18
const ENTRY_BYTES = NAME_BYTES + RECORD_ID_BYTES + 4

/** Which items this institution has imported, by a keyed hash that says nothing without the local secret. */
export interface DuplicateIndex {
  readonly recordIdOf: (digest: Uint8Array) => Uint8Array | undefined
  /** Durable when it resolves. */
  readonly add: (digests: readonly Uint8Array[], recordIds: readonly Uint8Array[]) => Promise<void>
  readonly close: () => Promise<void>
}

const crcOf = (entry: Uint8Array): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(crc32(entry))
  return out
}

const isSound = (entry: Buffer): boolean =>
  entry.length === ENTRY_BYTES &&
  crcOf(entry.subarray(0, ENTRY_BYTES - 4)).equals(entry.subarray(ENTRY_BYTES - 4))

/** Reads the whole file, steps over unsound entries and cuts a torn tail. */
const load = async (file: string, handle: FileHandle): Promise<Map<string, Uint8Array>> => {
  const bytes = await readFile(file)
  const whole = bytes.length - (bytes.length % ENTRY_BYTES)
  if (whole < bytes.length) await handle.truncate(whole)
  const known = new Map<string, Uint8Array>()
  for (let at = 0; at < whole; at += ENTRY_BYTES) {
    const entry = bytes.subarray(at, at + ENTRY_BYTES)
    if (!isSound(entry)) continue
    const name = entry.subarray(0, NAME_BYTES).toString('latin1')
    known.set(name, new Uint8Array(entry.subarray(NAME_BYTES, NAME_BYTES + RECORD_ID_BYTES)))
  }
  return known
}

/** `secret` is 32 bytes that only this node has. */
export const openDuplicateIndex = async (file: string, secret: Uint8Array): Promise<DuplicateIndex> => {
  const nameOf = (digest: Uint8Array): Uint8Array => nodeCiphers.hmacSha256(secret, digest)
  const textOf = (name: Uint8Array): string => Buffer.from(name).toString('latin1')
  const handle = await open(file, 'a+', 0o600)
  const known = await load(file, handle)
  return {
    recordIdOf: (digest) => known.get(textOf(nameOf(digest))),
    async add(digests, recordIds) {
      const entries: Uint8Array[] = []
      digests.forEach((digest, position) => {
        const name = nameOf(digest)
        const recordId = recordIds[position] as Uint8Array
        if (known.has(textOf(name))) return
        known.set(textOf(name), recordId)
        const entry = concatBytes(name, recordId)
        entries.push(entry, crcOf(entry))
      })
      if (entries.length === 0) return
      await handle.appendFile(concatBytes(...entries))
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}
