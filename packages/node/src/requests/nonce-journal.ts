import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { bytesFromUint, concatBytes, uintFromBytes } from '@medchain/core'
import { createCommitQueue } from '../vault/store/commit-queue.ts'
import { writeFully } from '../vault/store/write-fully.ts'

/** A nonce that an actor has used. */
export interface TakenNonce {
  readonly atMs: number
  /** 32 bytes. */
  readonly actor: Uint8Array
  /** 16 bytes. */
  readonly nonce: Uint8Array
}

/** Nonces in a file, so that a restart forgets none: bounded, for it keeps two spans only. */
export interface NonceJournal {
  /** What an earlier run took within the last two spans. */
  readonly earlier: readonly TakenNonce[]
  /** Resolves once it is with the operating system: it outlives this process. Rejects with the disk's error. */
  readonly note: (taken: TakenNonce) => Promise<void>
  readonly close: () => Promise<void>
}

// Record: time u64, big-endian ‖ actor ‖ nonce.
const TIME_BYTES = 8
const ACTOR_BYTES = 32
const NONCE_BYTES = 16
const RECORD_BYTES = TIME_BYTES + ACTOR_BYTES + NONCE_BYTES
const GROUP_MAX = 4096

const encodeTaken = ({ atMs, actor, nonce }: TakenNonce): Uint8Array =>
  concatBytes(bytesFromUint(atMs, TIME_BYTES), actor, nonce)

/** Whole records; what a crash cut off at the end was never acted upon. */
const decodeAll = (bytes: Uint8Array): TakenNonce[] =>
  Array.from({ length: Math.floor(bytes.length / RECORD_BYTES) }, (_, index) => {
    const record = bytes.slice(index * RECORD_BYTES, (index + 1) * RECORD_BYTES)
    return {
      atMs: uintFromBytes(record.slice(0, TIME_BYTES)),
      actor: record.slice(TIME_BYTES, TIME_BYTES + ACTOR_BYTES),
      nonce: record.slice(TIME_BYTES + ACTOR_BYTES),
    }
  })

const readAll = async (file: string): Promise<TakenNonce[]> => {
  try {
    return decodeAll(new Uint8Array(await readFile(file)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Opens the journal: two files in turn, each for one span of `spanMs`. */
export const openNonceJournal = async (
  folder: string,
  spanMs: number,
  nowMs: number,
): Promise<NonceJournal> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = ['nonces-0', 'nonces-1'].map((name) => path.join(folder, name)) as [string, string]
  const found = await Promise.all(files.map(readAll))
  const earlier = found.flat().filter(({ atMs }) => Math.abs(nowMs - atMs) < spanMs * 2)
  const newestOf = (index: number): number => found[index]?.at(-1)?.atMs ?? 0
  let turn = newestOf(1) > newestOf(0) ? 1 : 0
  let sinceMs = found[turn]?.[0]?.atMs ?? nowMs
  let sizeBytes = (found[turn]?.length ?? 0) * RECORD_BYTES
  let file = await open(files[turn] as string, sizeBytes === 0 ? 'w' : 'r+', 0o600)
  await file.truncate(sizeBytes)

  const turnOver = async (atMs: number): Promise<void> => {
    await file.close()
    turn = 1 - turn
    file = await open(files[turn] as string, 'w', 0o600)
    sizeBytes = 0
    sinceMs = atMs
  }
  const commit = async (group: readonly TakenNonce[]): Promise<void> => {
    const atMs = group[0]?.atMs ?? sinceMs
    if (atMs - sinceMs >= spanMs) await turnOver(atMs)
    const bytes = concatBytes(...group.map(encodeTaken))
    await writeFully(file, Buffer.from(bytes), sizeBytes)
    sizeBytes += bytes.length
  }
  const queue = createCommitQueue(commit, () => 1, GROUP_MAX)
  return {
    earlier,
    note: queue.add,
    async close() {
      await queue.idle()
      await file.close()
    },
  }
}
