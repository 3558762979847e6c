import type { Result } from '@medchain/core'
import type { ValueEntry, ValueKind, ValueName } from './value-name.ts'
import type { VaultDamage } from './verify-values.ts'

/** A value being read. */
export interface ValueStream {
  /** Pieces of the value; nothing after a refusal (`vault.damaged`), and nothing counts before the end. */
  readonly chunks: AsyncIterable<Result<Uint8Array>>
  readonly isLarge: boolean
  readonly sizeBytes: number
}

/** A write that a crash had cut off and that was removed at the start; nobody was told it was durable. */
export interface CutTail {
  readonly file: string
  readonly sizeBytes: number
}

export interface VaultStats {
  readonly segments: number
  readonly values: Readonly<Record<ValueKind, number>>
  /** Sum of the segment files, without large files. */
  readonly segmentBytes: number
  readonly cutTails: readonly CutTail[]
}

/**
 * Values that can be deleted: each lies encrypted under a storage key of its own, and erasing destroys that
 * key. Reads refuse with `vault.damaged`, naming the file, what is not as it was written; a failing disk makes
 * writes throw.
 */
export interface VaultStore {
  /** Durable when resolved; batches given at the same time share one fsync. A later value replaces, and erases, an earlier. */
  readonly putBatch: (entries: readonly ValueEntry[]) => Promise<void>
  /** Stores a value of any size in bounded memory. Throws what `chunks` throws, storing nothing. */
  readonly putStream: (name: ValueName, chunks: AsyncIterable<Uint8Array>) => Promise<void>
  /** The value, or undefined when there is none. */
  readonly get: (kind: ValueKind, key: Uint8Array) => Promise<Result<Uint8Array | undefined>>
  readonly openStream: (kind: ValueKind, key: Uint8Array) => Promise<Result<ValueStream | undefined>>
  readonly has: (kind: ValueKind, key: Uint8Array) => boolean
  /** Keys of a kind that begin with `prefix` (all without one), in the order of their bytes. */
  readonly list: (kind: ValueKind, prefix?: Uint8Array) => readonly Uint8Array[]
  /** When resolved the value's key is destroyed on disk and its bytes are overwritten; also when there was none. */
  readonly erase: (kind: ValueKind, key: Uint8Array) => Promise<void>
  /** The same for many: one key file is rewritten per segment. */
  readonly eraseBatch: (names: readonly ValueName[]) => Promise<void>
  /** Opens every value and yields what is damaged. */
  readonly verifyAll: () => AsyncIterable<VaultDamage>
  readonly stats: () => VaultStats
  /** Waits for what is under way; nothing may be called afterwards. */
  readonly close: () => Promise<void>
}

export interface VaultOptions {
  /** Created when missing; belongs to this store and one process alone. */
  readonly folder: string
  /** The node's storage master key, 32 bytes. */
  readonly masterKey: Uint8Array
  /** A segment begins anew beyond this size; 64 MiB. */
  readonly segmentBytesMax?: number
  /** Larger values get a file of their own; 1 MiB. */
  readonly smallBytesMax?: number
}
