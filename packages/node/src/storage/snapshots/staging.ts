import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Handover, StoredBlock } from '@medchain/core'
import { open } from 'lmdb'
import type { NodePaths } from '../../config/index.ts'
import { writeFileAtomic } from '../../keystore/index.ts'
import { createBlockIndex } from '../blocks/block-index.ts'
import { type BlockStore, openBlockStore } from '../blocks/block-store.ts'
import { writeLowestHeight } from '../blocks/lowest-height.ts'
import { writeHandovers } from '../handover-file.ts'
import { openStagedState, type StagedState } from '../state/staged-state.ts'
import { markComplete, stagingFolder } from './install-staging.ts'

/** A snapshot on its way in, beside the home's own chain; what is durable of it outlives a crash. */
export interface Staging {
  /** The manifest that was begun with, undefined before. */
  readonly manifest: () => Uint8Array | undefined
  /** Goes on with this manifest; blocks of another one are forgotten, chunks stay where they fit. */
  readonly begin: (manifest: Uint8Array, fromHeight: number) => Promise<void>
  readonly state: StagedState
  /** Blocks stored since `begin`, and before a crash. */
  readonly blocks: () => BlockStore
  readonly append: (blocks: readonly StoredBlock[]) => Promise<void>
  /** Everything is here: from now on it is the home's chain, once it is installed. */
  readonly complete: (checkpoint: {
    readonly handovers: readonly Handover[]
    readonly height: number
    readonly meta: Uint8Array
  }) => Promise<void>
  readonly close: () => Promise<void>
}

const openBlocks = async (folder: string) => {
  const root = open<Buffer, string>({ path: path.join(folder, 'index'), encoding: 'binary', maxDbs: 4 })
  const index = createBlockIndex(
    root.openDB<Buffer, number>({ name: 'blocks', encoding: 'binary', keyEncoding: 'uint32' }),
    () => undefined,
  )
  const store = await openBlockStore({ folder, index })
  const close = async (): Promise<void> => {
    await store.close()
    await root.close()
  }
  return { store, close }
}

export const openStaging = async (paths: NodePaths): Promise<Staging> => {
  const folder = stagingFolder(paths)
  const [blocksFolder, stateFolder] = [path.join(folder, 'blocks'), path.join(folder, 'state')]
  const manifestFile = path.join(folder, 'manifest')
  await mkdir(stateFolder, { recursive: true, mode: 0o700 })
  let manifest: Uint8Array | undefined = await readFile(manifestFile).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  )
  const state = openStagedState(stateFolder)
  let opened: Awaited<ReturnType<typeof openBlocks>> | undefined

  const blocks = (): BlockStore => {
    if (!opened) throw new Error('a staged snapshot was not begun')
    return opened.store
  }
  const close = async (): Promise<void> => {
    await opened?.close()
    opened = undefined
    await state.close()
  }

  return {
    manifest: () => manifest,
    begin: async (bytes, fromHeight) => {
      await opened?.close()
      if (!manifest || Buffer.compare(manifest, bytes) !== 0) {
        await rm(blocksFolder, { recursive: true, force: true })
        await writeFileAtomic(manifestFile, bytes)
        manifest = bytes
      }
      await mkdir(blocksFolder, { recursive: true, mode: 0o700 })
      await writeLowestHeight(blocksFolder, fromHeight)
      opened = await openBlocks(blocksFolder)
    },
    state,
    blocks,
    append: (stored) => blocks().append(stored),
    complete: async ({ handovers, height, meta }) => {
      await state.complete(height, meta)
      await close()
      await writeHandovers(path.join(blocksFolder, 'handovers'), handovers)
      await markComplete(folder)
    },
    close,
  }
}
