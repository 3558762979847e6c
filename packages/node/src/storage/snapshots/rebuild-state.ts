import {
  type BlockStorePort,
  blockHash,
  CHUNK_COUNT,
  checkpointMetaOf,
  decodeCommittedBlock,
  decodeManifest,
  equalBytes,
  type SnapshotManifest,
  subtreeHash,
  validateChunk,
} from '@medchain/core'
import { openStagedState } from '../state/staged-state.ts'
import { openSnapshotStore, type SnapshotStore } from './snapshot-store.ts'

/** The newest snapshot of this node, if it is of its own chain. */
const ownManifest = async (
  snapshots: SnapshotStore,
  blocks: BlockStorePort,
): Promise<SnapshotManifest | undefined> => {
  const bytes = await snapshots.manifest().catch(() => undefined)
  const manifest = bytes && decodeManifest(bytes)
  if (!manifest?.ok) return undefined
  const { header, chunkHashes } = manifest.value
  const stored = blocks.readBlock(header.height)
  const block = stored && decodeCommittedBlock(stored)
  const isOwn =
    block?.ok === true &&
    equalBytes(blockHash(block.value.block.header), blockHash(header)) &&
    equalBytes(subtreeHash(chunkHashes), header.stateRoot)
  return isOwn ? manifest.value : undefined
}

/**
 * Puts the state of this node's newest snapshot into an empty folder, for a node that no longer has the first blocks.
 * Gives whether it could.
 */
export const rebuildState = async (
  stateFolder: string,
  snapshotsFolder: string,
  blocks: BlockStorePort,
): Promise<boolean> => {
  const snapshots = await openSnapshotStore(snapshotsFolder)
  const manifest = await ownManifest(snapshots, blocks)
  if (!manifest) return false
  const { header, chunkHashes, log } = manifest
  const state = openStagedState(stateFolder)
  try {
    for (let index = 0; index < CHUNK_COUNT; index++) {
      const hash = chunkHashes[index] as Uint8Array
      const bytes = await snapshots.chunk(header.height, index)
      const buckets = bytes && validateChunk(index, bytes, hash)
      if (!buckets?.ok) return false
      await state.putChunk(index, hash, buckets.value)
    }
    await state.complete(header.height, checkpointMetaOf(header.height, blockHash(header), log))
    return true
  } finally {
    await state.close()
  }
}
