import { hexFromBytes, unwrap } from '../../src/encoding/index.ts'
import type { Genesis } from '../../src/ledger/genesis.ts'
import { networkIdOf } from '../../src/ledger/genesis.ts'
import { checkpointMetaOf, type Snapshot } from '../../src/replica/index.ts'
import { validateChunk } from '../../src/state/chunk.ts'
import { createRecentBlocks, validateManifest } from '../../src/sync/index.ts'
import { createDisk, type Disk } from './cluster-disk.ts'
import { fakeVerifier } from './cluster-keys.ts'

/** The disk of a node that took a snapshot and nothing else; throws at the first piece that is refused. */
export const installedDisk = (
  genesis: Genesis,
  { manifest, chunks }: Snapshot,
  readBlock: (height: number) => Uint8Array | undefined,
): Disk => {
  const sound = unwrap(validateManifest(manifest, genesis, fakeVerifier))
  const recent = createRecentBlocks(sound, networkIdOf(genesis), fakeVerifier)
  const disk = createDisk()
  for (let height = recent.next(); !recent.isComplete(); height = recent.next()) {
    const bytes = readBlock(height)
    if (!bytes) throw new Error(`no block ${height}`)
    unwrap(recent.add(bytes))
    disk.blocks[height - 1] = bytes
  }
  chunks.forEach((bytes, index) => {
    const buckets = unwrap(validateChunk(index, bytes, manifest.chunkHashes[index] as Uint8Array))
    for (const [at, bucket] of buckets) disk.buckets.set(at, bucket)
  })
  const { height, hash } = sound
  disk.checkpoint = { height, meta: checkpointMetaOf(height, hash, manifest.log) }
  return disk
}

/** What two nodes at one height must agree on. */
export const stateOf = (disk: Disk): string =>
  [...disk.buckets]
    .filter(([, bucket]) => bucket.length > 0)
    .sort(([a], [b]) => a - b)
    .map(
      ([index, bucket]) =>
        `${index}:${bucket.map(({ key, value }) => hexFromBytes(key) + hexFromBytes(value)).join()}`,
    )
    .join()
