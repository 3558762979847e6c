import { constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { concatBytes, ERASED_RECORD_ID, hexFromBytes } from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import { writeFully } from '../vault/store/write-fully.ts'

const NAME_BYTES = 32
const RECORD_ID_BYTES = 18
const ENTRY_BYTES = NAME_BYTES + RECORD_ID_BYTES + 4

/** Which items this institution has imported, by a keyed hash that says nothing without the local secret. */
export interface DuplicateIndex {
  /** `ERASED_RECORD_ID` for what was imported and then erased. */
  readonly recordIdOf: (digest: Uint8Array) => Uint8Array | undefined
  /** Durable when it resolves. */
  readonly add: (digests: readonly Uint8Array[], recordIds: readonly Uint8Array[]) => Promise<void>
  /** Leaves of these records that something was imported, and not what became of it; durable when it resolves. */
  readonly erase: (recordIds: readonly Uint8Array[]) => Promise<void>
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

interface Entry {
  readonly recordId: Uint8Array
  readonly offset: number
}

interface Loaded {
  readonly known: Map<string, Entry>
  /** Entries that a later tombstone of the same name replaces, and that a crash kept from being overwritten. */
  readonly superseded: readonly number[]
  readonly endOffset: number
}

/** Reads the whole file, steps over unsound entries and cuts a torn tail. */
const load = async (file: string, handle: FileHandle): Promise<Loaded> => {
  const bytes = await readFile(file)
  const endOffset = bytes.length - (bytes.length % ENTRY_BYTES)
  if (endOffset < bytes.length) await handle.truncate(endOffset)
  const known = new Map<string, Entry>()
  const superseded: number[] = []
  for (let offset = 0; offset < endOffset; offset += ENTRY_BYTES) {
    const entry = bytes.subarray(offset, offset + ENTRY_BYTES)
    if (!isSound(entry)) continue
    const name = entry.subarray(0, NAME_BYTES).toString('latin1')
    const earlier = known.get(name)
    if (earlier) superseded.push(earlier.offset)
    known.set(name, {
      recordId: new Uint8Array(entry.subarray(NAME_BYTES, NAME_BYTES + RECORD_ID_BYTES)),
      offset,
    })
  }
  return { known, superseded, endOffset }
}

const encodeEntry = (name: Uint8Array, recordId: Uint8Array): Uint8Array => {
  const entry = concatBytes(name, recordId)
  return concatBytes(entry, crcOf(entry))
}

/** `secret` is 32 bytes that only this node has. */
export const openDuplicateIndex = async (file: string, secret: Uint8Array): Promise<DuplicateIndex> => {
  const nameOf = (digest: Uint8Array): Uint8Array => nodeCiphers.hmacSha256(secret, digest)
  const textOf = (name: Uint8Array): string => Buffer.from(name).toString('latin1')
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  const { known, superseded, endOffset } = await load(file, handle)
  let end = endOffset
  let turn: Promise<unknown> = Promise.resolve()

  /** One writer at a time: each appends at the end. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const changed = turn.then(change)
    turn = changed.catch(() => undefined)
    return changed
  }

  const append = async (entries: readonly (readonly [Uint8Array, Uint8Array])[]): Promise<void> => {
    if (entries.length === 0) return
    await writeFully(handle, concatBytes(...entries.map(([name, id]) => encodeEntry(name, id))), end)
    await handle.datasync()
    for (const [name, recordId] of entries) {
      known.set(textOf(name), { recordId, offset: end })
      end += ENTRY_BYTES
    }
  }

  const overwrite = async (offsets: readonly number[]): Promise<void> => {
    if (offsets.length === 0) return
    for (const offset of offsets) await writeFully(handle, new Uint8Array(ENTRY_BYTES), offset)
    await handle.datasync()
  }

  await overwrite(superseded)
  return {
    recordIdOf: (digest) => known.get(textOf(nameOf(digest)))?.recordId,
    add: (digests, recordIds) =>
      inTurn(async () => {
        const fresh = new Map<string, readonly [Uint8Array, Uint8Array]>()
        digests.forEach((digest, position) => {
          const name = nameOf(digest)
          const isNew = !known.has(textOf(name)) && !fresh.has(textOf(name))
          if (isNew) fresh.set(textOf(name), [name, recordIds[position] as Uint8Array])
        })
        await append([...fresh.values()])
      }),
    erase: (recordIds) =>
      inTurn(async () => {
        const gone = new Set(recordIds.map(hexFromBytes))
        const found = [...known].filter(([, { recordId }]) => gone.has(hexFromBytes(recordId)))
        const offsets = found.map(([, { offset }]) => offset)
        await append(found.map(([name]) => [Buffer.from(name, 'latin1'), ERASED_RECORD_ID]))
        await overwrite(offsets)
      }),
    async close() {
      await turn
      await handle.close()
    },
  }
}
