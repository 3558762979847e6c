import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  CHUNK_COUNT,
  decodeHandover,
  decodeManifest,
  encodeManifest,
  type Handover,
  type SnapshotManifest,
} from '@medchain/core'
import { syncFolder } from '../../keystore/index.ts'
import { writeError } from '../storage-error.ts'

/** Older ones go, so that a member that fetches one is not left without it by the next. */
const KEPT = 2
const MAKING = 'making'
const NAME = /^\d{12}$/

export interface KeptSnapshot {
  readonly height: number
  /** Lowest block that comes with it. */
  readonly fromHeight: number
  readonly sizeBytes: number
}

/** Writes the chunks of one snapshot, one after the other. */
export interface SnapshotWriter {
  readonly add: (chunk: Uint8Array) => Promise<void>
  /** Makes the snapshot whole and durable under its height; drops the oldest. */
  readonly finish: (manifest: SnapshotManifest) => Promise<void>
  readonly abandon: () => Promise<void>
}

/** The snapshots of this node, each a folder: `manifest`, `chunks` and the `sizes` of these. */
export interface SnapshotStore {
  /** Oldest first. */
  readonly all: () => readonly KeptSnapshot[]
  readonly manifest: () => Promise<Uint8Array | undefined>
  readonly chunk: (height: number, index: number) => Promise<Uint8Array | undefined>
  readonly begin: () => Promise<SnapshotWriter>
}

const writeDurably = async (file: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const readSizes = async (folder: string): Promise<readonly number[]> => {
  const sizes: unknown = JSON.parse(await readFile(path.join(folder, 'sizes'), 'utf8'))
  const isSound = Array.isArray(sizes) && sizes.length === CHUNK_COUNT && sizes.every(Number.isSafeInteger)
  return isSound ? (sizes as number[]) : []
}

/** What a folder holds, undefined when it is not a whole snapshot. */
const readKept = async (folder: string): Promise<KeptSnapshot | undefined> => {
  try {
    const manifest = decodeManifest(new Uint8Array(await readFile(path.join(folder, 'manifest'))))
    const sizes = await readSizes(folder)
    if (!manifest.ok || sizes.length === 0) return undefined
    const { header, recentBlocks } = manifest.value
    const sizeBytes = sizes.reduce((sum, size) => sum + size, 0)
    return { height: header.height, fromHeight: recentBlocks.fromHeight, sizeBytes }
  } catch {
    return undefined
  }
}

const createWriter = async (
  folder: string,
  onFinished: (snapshot: KeptSnapshot) => Promise<void>,
): Promise<SnapshotWriter> => {
  const making = path.join(folder, MAKING)
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true, mode: 0o700 })
  const chunks: FileHandle = await open(path.join(making, 'chunks'), 'w', 0o600)
  const sizes: number[] = []
  return {
    add: async (chunk) => {
      await chunks.appendFile(chunk).catch((error: unknown) => {
        throw writeError(making, error)
      })
      sizes.push(chunk.length)
    },
    finish: async (manifest) => {
      const { header, recentBlocks } = manifest
      const { height } = header
      try {
        await chunks.sync()
        await chunks.close()
        await writeDurably(path.join(making, 'sizes'), Buffer.from(JSON.stringify(sizes)))
        await writeDurably(path.join(making, 'manifest'), encodeManifest(manifest))
        await syncFolder(making)
        const final = path.join(folder, String(height).padStart(12, '0'))
        await rm(final, { recursive: true, force: true })
        await rename(making, final)
        await syncFolder(folder)
      } catch (error) {
        throw writeError(making, error)
      }
      const sizeBytes = sizes.reduce((sum, size) => sum + size, 0)
      await onFinished({ height, fromHeight: recentBlocks.fromHeight, sizeBytes })
    },
    abandon: async () => {
      await chunks.close().catch(() => undefined)
      await rm(making, { recursive: true, force: true })
    },
  }
}

/** Opens the folder; what is not a whole snapshot is deleted. */
export const openSnapshotStore = async (folder: string): Promise<SnapshotStore> => {
  const folderOf = (height: number): string => path.join(folder, String(height).padStart(12, '0'))
  let kept: KeptSnapshot[] = []
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const found = NAME.test(name) ? await readKept(path.join(folder, name)) : undefined
    if (found) kept.push(found)
    else await rm(path.join(folder, name), { recursive: true, force: true })
  }

  const keep = async (snapshot: KeptSnapshot): Promise<void> => {
    kept = [...kept.filter(({ height }) => height !== snapshot.height), snapshot]
    kept.sort((a, b) => a.height - b.height)
    const dropped = kept.slice(0, -KEPT)
    kept = kept.slice(-KEPT)
    for (const { height } of dropped) await rm(folderOf(height), { recursive: true, force: true })
  }

  return {
    all: () => kept,
    manifest: async () => {
      const newest = kept.at(-1)
      if (!newest) return undefined
      return new Uint8Array(await readFile(path.join(folderOf(newest.height), 'manifest')))
    },
    chunk: async (height, index) => {
      if (!kept.some((snapshot) => snapshot.height === height)) return undefined
      const sizes = await readSizes(folderOf(height))
      const offset = sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
      const bytes = new Uint8Array(sizes[index] ?? 0)
      const handle = await open(path.join(folderOf(height), 'chunks'), 'r')
      try {
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
        return bytesRead === bytes.length ? bytes : undefined
      } finally {
        await handle.close()
      }
    },
    begin: () =>
      createWriter(folder, keep).catch((error: unknown) => {
        throw writeError(folder, error)
      }),
  }
}

/** The handovers that stand in the newest snapshot of the folder. */
export const handoversOfSnapshot = async (folder: string): Promise<readonly Handover[] | undefined> => {
  const bytes = await (await openSnapshotStore(folder)).manifest()
  const manifest = bytes && decodeManifest(bytes)
  const all = manifest?.ok ? manifest.value.handovers.map(decodeHandover) : []
  return all.every((each) => each.ok) ? all.map(({ value }) => value) : undefined
}
