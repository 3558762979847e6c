import { type Snapshot, takeChunk } from '../../../src/replica/index.ts'
import type { Bucket } from '../../../src/state/bucket.ts'
import { withFlippedBit } from '../world/disk.ts'
import type { Random } from '../world/random.ts'
import { bytesOf } from '../world/signatures.ts'

export interface OfferedSnapshot extends Snapshot {
  readonly readBlock: (height: number) => Uint8Array | undefined
  readonly readBucket: (index: number) => Bucket
}

/** The piece with another value in it, and the list of pieces to fit. */
const changePiece = (snapshot: OfferedSnapshot, at: number): OfferedSnapshot => {
  const { manifest, chunks, readBucket } = snapshot
  let isChanged = false
  const changed = takeChunk(at, {
    readBucket: (index) =>
      readBucket(index).map((entry) => {
        if (isChanged || entry.value.length === 0) return entry
        isChanged = true
        return { key: entry.key, value: withFlippedBit(entry.value, 0.9) }
      }),
  })
  const chunkHashes = manifest.chunkHashes.with(at, changed.hash)
  return { ...snapshot, manifest: { ...manifest, chunkHashes }, chunks: chunks.with(at, changed.bytes) }
}

/** A snapshot in which something is not what the chain says: a piece, the list of pieces, the header, the log, a block. */
export const spoilSnapshot = (snapshot: OfferedSnapshot, random: Random): OfferedSnapshot => {
  const { manifest, chunks, readBlock } = snapshot
  const { header, recentBlocks, handovers, log } = manifest
  const full = chunks.flatMap((bytes, index) => (bytes.length > 1 ? [index] : []))
  const at = random.pick(full)
  const changed = withFlippedBit(chunks[at] as Uint8Array, 0.2 + 0.8 * random.next())
  const hash = bytesOf(`spoilt ${at}`)
  const stateRoot = hash
  return random.pick<() => OfferedSnapshot>([
    () => ({ ...snapshot, chunks: chunks.with(at, changed) }),
    () => ({ ...snapshot, chunks: chunks.with(at, changed) }),
    () => ({ ...snapshot, chunks: chunks.with(at, Uint8Array.of(0x80)) }),
    () => ({ ...snapshot, chunks: chunks.with(at, chunks[at ^ 1] as Uint8Array) }),
    () => changePiece(snapshot, at),
    () => changePiece(snapshot, at),
    () => ({ ...snapshot, manifest: { ...manifest, header: { ...header, stateRoot } } }),
    () => ({ ...snapshot, manifest: { ...manifest, log: { ...log, size: log.size + 1 } } }),
    () => ({ ...snapshot, manifest: { ...manifest, log: { ...log, hashes: log.hashes.map(() => hash) } } }),
    () => ({
      ...snapshot,
      manifest:
        handovers.length > 0
          ? { ...manifest, handovers: handovers.slice(1) }
          : { ...manifest, header: { ...header, timeMs: header.timeMs + 1 } },
    }),
    () => ({
      ...snapshot,
      manifest: {
        ...manifest,
        recentBlocks:
          recentBlocks.fromHeight < recentBlocks.toHeight
            ? { ...recentBlocks, fromHeight: recentBlocks.toHeight }
            : { ...recentBlocks, toHeight: recentBlocks.toHeight + 1 },
      },
    }),
    () => ({
      ...snapshot,
      readBlock: (height) => {
        const bytes = readBlock(height)
        return bytes && height === recentBlocks.toHeight ? withFlippedBit(bytes, 0.5) : bytes
      },
    }),
  ])()
}
