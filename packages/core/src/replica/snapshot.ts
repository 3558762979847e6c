import type { LogFrontier } from '../crypto/merkle-log.ts'
import { ok, type Result, refuse } from '../encoding/index.ts'
import { type CommittedBlock, decodeCommittedBlock } from '../ledger/block.ts'
import { EXPIRY_AHEAD_MS_MAX } from '../ledger/transaction.ts'
import { encodeHandover, type Handover } from '../proofs/handover.ts'
import { bucketHash, encodeBucket, hashEntries } from '../state/bucket.ts'
import { chunkHash, encodeChunk } from '../state/chunk.ts'
import { BUCKETS_A_CHUNK, CHUNK_COUNT } from '../state/subtree.ts'
import type { SnapshotManifest } from '../sync/snapshot-manifest.ts'
import { decodeMeta, encodeMeta } from './checkpoint-meta.ts'
import type { BlockStorePort, ReplicaPorts, StateStorePort } from './ports.ts'

export interface SnapshotChunk {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

/** Chunk `index` of the state that `readBucket` gives. */
export const takeChunk = (
  index: number,
  { readBucket }: Pick<StateStorePort, 'readBucket'>,
): SnapshotChunk => {
  const hashes = new Map<number, Uint8Array>()
  const buckets = []
  for (let at = index * BUCKETS_A_CHUNK; at < (index + 1) * BUCKETS_A_CHUNK; at++) {
    const bucket = readBucket(at)
    if (bucket.length === 0) continue
    buckets.push({ index: at, content: encodeBucket(bucket) })
    hashes.set(at, bucketHash(hashEntries(bucket)))
  }
  return { hash: chunkHash(index, hashes), bytes: encodeChunk(buckets) }
}

const storedAt = ({ readBlock }: BlockStorePort, height: number): CommittedBlock | undefined => {
  const bytes = readBlock(height)
  const decoded = bytes && decodeCommittedBlock(bytes)
  return decoded?.ok ? decoded.value : undefined
}

/**
 * Looks for the lowest block that comes with a snapshot of `height`: the highest one that is ten minutes of block time
 * older, or the lowest stored; times only grow. A step is one block that is read.
 */
export function* searchFirstRecent(blocks: BlockStorePort, height: number): Generator<undefined, number> {
  const untilMs = storedAt(blocks, height)?.block.header.timeMs ?? 0
  let low = blocks.lowestHeight?.() ?? 1
  let high = height
  while (low < high) {
    yield undefined
    const middle = Math.ceil((low + high) / 2)
    const found = storedAt(blocks, middle)
    if (found !== undefined && found.block.header.timeMs + EXPIRY_AHEAD_MS_MAX <= untilMs) low = middle
    else high = middle - 1
  }
  return low
}

const exhaust = <T>(steps: Generator<unknown, T>): T => {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * The manifest of a checkpoint whose chunks have these hashes; `fromHeight` is what `searchFirstRecent` found. Refuses with `snapshot.none` when the block of the
 * checkpoint or what came before it cannot be read.
 */
export const manifestOf = (
  meta: Uint8Array,
  blocks: BlockStorePort,
  handovers: readonly Handover[],
  chunkHashes: readonly Uint8Array[],
  fromHeight: number,
): Result<SnapshotManifest> => {
  const decoded = decodeMeta(meta)
  const committed = decoded.ok ? storedAt(blocks, decoded.value.height) : undefined
  if (!decoded.ok || !decoded.value.logBelow || !committed)
    return refuse('snapshot.none', 'No snapshot can be made of this checkpoint.')
  const { height, logBelow } = decoded.value
  const { header } = committed.block
  return ok({
    version: 1,
    header,
    certificate: committed.certificate,
    handovers: handovers.filter((each) => each.header.height <= height).map(encodeHandover),
    log: logBelow,
    chunkHashes,
    recentBlocks: { fromHeight, toHeight: height },
  })
}

export interface Snapshot {
  readonly manifest: SnapshotManifest
  /** Encoded chunks: 256. */
  readonly chunks: readonly Uint8Array[]
}

/** The snapshot of the last durable checkpoint, whole in memory; `snapshot.none` when there is none. */
export const takeSnapshot = (
  { blocks, state }: Pick<ReplicaPorts, 'blocks' | 'state'>,
  handovers: readonly Handover[],
): Result<Snapshot> => {
  const checkpoint = state.checkpoint()
  if (!checkpoint) return refuse('snapshot.none', 'There is no checkpoint yet to make a snapshot of.')
  const chunks = Array.from({ length: CHUNK_COUNT }, (_, index) => takeChunk(index, state))
  const hashes = chunks.map(({ hash }) => hash)
  const fromHeight = exhaust(searchFirstRecent(blocks, checkpoint.height))
  const manifest = manifestOf(checkpoint.meta, blocks, handovers, hashes, fromHeight)
  return manifest.ok ? ok({ manifest: manifest.value, chunks: chunks.map(({ bytes }) => bytes) }) : manifest
}

/** What the state store keeps as meta of a snapshot that was installed at `height`. */
export const checkpointMetaOf = (height: number, hash: Uint8Array, logBelow: LogFrontier): Uint8Array =>
  encodeMeta(height, hash, logBelow)
