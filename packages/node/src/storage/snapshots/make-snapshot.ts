import { setImmediate } from 'node:timers/promises'
import {
  type BlockStorePort,
  BUCKETS_A_CHUNK,
  bucketHash,
  CHUNK_COUNT,
  CHUNK_SIZE_BYTES_MAX,
  chunkHash,
  decodeBucket,
  type EncodedBucket,
  encodeChunk,
  type Handover,
  hashEntries,
  manifestOf,
  type Result,
  refuse,
  type SnapshotManifest,
  searchFirstRecent,
  unwrap,
} from '@medchain/core'
import type { StateView } from '../state/state-view.ts'
import type { SnapshotStore } from './snapshot-store.ts'

/** Longest work between two turns of the event loop. */
const SLICE_MS = 4

export interface SnapshotParts {
  readonly store: SnapshotStore
  readonly view: StateView
  readonly blocks: BlockStorePort
  readonly handovers: () => readonly Handover[]
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Whether a manifest is one that others will take. */
  readonly check: (manifest: SnapshotManifest) => Result<unknown>
  readonly isCancelled: () => boolean
}

const createSlices = (now: () => number): (() => Promise<void>) => {
  let beganMs = now()
  return async () => {
    if (now() - beganMs < SLICE_MS) return
    await setImmediate()
    beganMs = now()
  }
}

interface MadeChunk {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

const makeChunk = async (
  index: number,
  { readContent }: StateView,
  slice: () => Promise<void>,
): Promise<MadeChunk> => {
  const buckets: EncodedBucket[] = []
  const hashes = new Map<number, Uint8Array>()
  for (let at = index * BUCKETS_A_CHUNK; at < (index + 1) * BUCKETS_A_CHUNK; at++) {
    const content = readContent(at)
    if (content === undefined) continue
    buckets.push({ index: at, content })
    hashes.set(at, bucketHash(hashEntries(unwrap(decodeBucket(content)))))
    await slice()
  }
  return { hash: chunkHash(index, hashes), bytes: encodeChunk(buckets) }
}

const findFromHeight = async (
  { view, blocks }: SnapshotParts,
  slice: () => Promise<void>,
): Promise<number> => {
  const steps = searchFirstRecent(blocks, view.height)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await slice()
  }
}

const TOO_LARGE = refuse('snapshot.too-large', 'The state is too large to be handed on in pieces.')
const CANCELLED = refuse('snapshot.none', 'The node closes before its snapshot is made.')

/**
 * Makes a snapshot of a checkpoint that is held still, in slices of a few milliseconds; checked as any other node would
 * before it is kept. Closes the view. Refuses with `snapshot.*`; throws StorageError.
 */
export const makeSnapshot = async (parts: SnapshotParts): Promise<Result<SnapshotManifest>> => {
  const { store, view, blocks, now } = parts
  const writer = await store.begin().catch((error: unknown) => {
    view.close()
    throw error
  })
  try {
    const slice = createSlices(now)
    const hashes: Uint8Array[] = []
    for (let index = 0; index < CHUNK_COUNT; index++) {
      if (parts.isCancelled()) return CANCELLED
      const { hash, bytes } = await makeChunk(index, view, slice)
      if (bytes.length > CHUNK_SIZE_BYTES_MAX) return TOO_LARGE
      hashes.push(hash)
      await writer.add(bytes)
    }
    const fromHeight = await findFromHeight(parts, slice)
    const manifest = manifestOf(view.meta, blocks, parts.handovers(), hashes, fromHeight)
    if (!manifest.ok) return manifest
    const sound = parts.check(manifest.value)
    if (!sound.ok) return sound
    await writer.finish(manifest.value)
    return manifest
  } finally {
    view.close()
    await writer.abandon()
  }
}
