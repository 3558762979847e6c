import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { hexFromBytes, ok, type Result } from '@medchain/core'
import { refuseVault } from './codes.ts'
import type { FileCache } from './file-cache.ts'
import { checkMasterKey, markMasterKey } from './master-check.ts'
import { type LoadedSegment, loadSegment, type Segment, segmentNumbers } from './segment.ts'
import { createValueIndex, type Position, positionOf, segmentOf, type ValueIndex } from './value-index.ts'
import type { CutTail, VaultOptions } from './vault-store.ts'
import type { VaultDamage } from './verify-values.ts'

export interface LoadedVault {
  readonly index: ValueIndex
  readonly segments: Map<number, Segment>
  /** Values that a later one of the same name replaced, and that a crash kept from being erased. */
  readonly superseded: readonly Position[]
  /** The segment that more may be appended to. */
  readonly resumable: Segment | undefined
  readonly damages: readonly VaultDamage[]
  readonly cutTails: readonly CutTail[]
}

export const largeFolderOf = (folder: string): string => path.join(folder, 'large')

export const largeFileNamer =
  (folder: string) =>
  (nonce: Uint8Array): string =>
    path.join(largeFolderOf(folder), `${hexFromBytes(nonce)}.value`)

/** Enters a segment's live values into the index; names of the large files they use go to `largeFiles`. */
const indexSegment = (
  { segment, entries }: LoadedSegment,
  segments: Map<number, Segment>,
  index: ValueIndex,
  largeFileOf: (nonce: Uint8Array) => string,
  largeFiles: Set<string>,
): Position[] => {
  const superseded: Position[] = []
  for (const { head } of entries) {
    if (segment.tree?.has(head.leaf) === false) {
      segment.lengths[head.leaf] = 0
      continue
    }
    const earlier = index.get(head)
    if (earlier !== undefined) {
      superseded.push(earlier)
      const holder = segments.get(segmentOf(earlier))
      if (holder !== undefined) holder.liveCount--
    }
    index.set(head, positionOf(segment.number, head.leaf))
    segment.liveCount++
    if (head.isLarge) largeFiles.add(largeFileOf(head.nonce))
  }
  return superseded
}

/** Removes large files that no entry speaks of: a crash came between the file and its entry. */
const removeOrphans = async (folder: string, known: ReadonlySet<string>): Promise<void> => {
  for (const name of await readdir(largeFolderOf(folder))) {
    const file = path.join(largeFolderOf(folder), name)
    if (!known.has(file)) await rm(file, { force: true })
  }
}

/** Removes what a crash left of files that were about to replace others. */
const removeTemporaries = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (name.endsWith('.tmp')) await rm(path.join(folder, name), { force: true })
  }
}

/** Reads keys and heads of every segment; `vault.wrong-master-key` when they lie under another key. */
export const loadVault = async (options: VaultOptions, files: FileCache): Promise<Result<LoadedVault>> => {
  const { folder, masterKey } = options
  await mkdir(largeFolderOf(folder), { recursive: true, mode: 0o700 })
  const index = createValueIndex()
  const segments = new Map<number, Segment>()
  const largeFiles = new Set<string>()
  const superseded: Position[] = []
  const damages: VaultDamage[] = []
  const cutTails: CutTail[] = []
  let last: LoadedSegment | undefined

  const numbers = await segmentNumbers(folder)
  // Nothing is cut or removed before the master key has proven itself.
  const isMarked = await checkMasterKey(folder, masterKey)
  for (const number of numbers) {
    const loaded = await loadSegment(
      folder,
      number,
      masterKey,
      number === numbers.at(-1) && isMarked === true,
      files,
    )
    const { segment, badStretches, cutBytes } = loaded
    segments.set(number, segment)
    superseded.push(...indexSegment(loaded, segments, index, largeFileNamer(folder), largeFiles))
    const file = path.basename(segment.valuesFile)
    for (const { offset, sizeBytes } of badStretches) {
      damages.push({ file, offset, message: `The heads of entries in ${sizeBytes} bytes are damaged.` })
    }
    if (cutBytes > 0) cutTails.push({ file, sizeBytes: cutBytes })
    last = loaded
  }
  const opensSome = [...segments.values()].some(({ tree }) => tree !== undefined)
  if (isMarked === false && !opensSome) return refuseVault('vault.wrong-master-key', folder)
  if (isMarked !== true) await markMasterKey(folder, masterKey)
  await removeTemporaries(folder)
  if (damages.length === 0) await removeOrphans(folder, largeFiles)
  const resumable = last?.isSound === true ? last.segment : undefined
  return ok({ index, segments, superseded, resumable, damages, cutTails })
}
