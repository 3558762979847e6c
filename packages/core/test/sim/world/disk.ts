import { concatBytes } from '../../../src/encoding/index.ts'
import { encodeLastSigned, type ReplicaEffect, type ReplicaPorts } from '../../../src/replica/index.ts'
import type { Bucket } from '../../../src/state/bucket.ts'

/** What of one process is on disk; byte arrays are replaced, never changed. */
export interface Disk {
  wal: Uint8Array | undefined
  lastSigned: Uint8Array | undefined
  /** By height, with nothing below the lowest. */
  blocks: Uint8Array[]
  lowestHeight: number
  checkpoint: { readonly height: number; readonly meta: Uint8Array } | undefined
  buckets: Map<number, Bucket>
}

export type DurableEffect = Extract<
  ReplicaEffect,
  { type: 'persist-wal' | 'persist-last-signed' | 'append-blocks' }
>

export const createDisk = (): Disk => ({
  wal: undefined,
  lastSigned: undefined,
  blocks: [],
  lowestHeight: 1,
  checkpoint: undefined,
  buckets: new Map(),
})

/** That of a home whose keys were just made: it knows that nothing was signed with them (consensus Q45). */
export const newDisk = (networkId: Uint8Array): Disk => ({
  ...createDisk(),
  lastSigned: encodeLastSigned(networkId, { height: 0, round: 0 }),
})

export const copyDisk = (disk: Disk): Disk => ({
  ...disk,
  blocks: [...disk.blocks],
  buckets: new Map(disk.buckets),
})

export const isDurable = (effect: ReplicaEffect): effect is DurableEffect =>
  effect.type === 'persist-wal' || effect.type === 'persist-last-signed' || effect.type === 'append-blocks'

export const portsOf = (disk: Disk): Pick<ReplicaPorts, 'blocks' | 'state'> => ({
  blocks: {
    headHeight: () => disk.blocks.length,
    lowestHeight: () => disk.lowestHeight,
    readBlock: (height) => disk.blocks[height - 1],
  },
  state: {
    checkpoint: () => disk.checkpoint,
    occupied: () => disk.buckets.keys(),
    readBucket: (index) => disk.buckets.get(index) ?? [],
  },
})

export const writeDurable = (disk: Disk, effect: DurableEffect): void => {
  if (effect.type === 'persist-wal') {
    disk.wal =
      effect.reset || disk.wal === undefined ? effect.bytes.slice() : concatBytes(disk.wal, effect.bytes)
  } else if (effect.type === 'persist-last-signed') disk.lastSigned = effect.bytes
  else {
    for (const { height, bytes } of effect.blocks) {
      if (height !== disk.blocks.length + 1)
        throw new Error(`block ${height} put on top of ${disk.blocks.length}`)
      disk.blocks.push(bytes)
    }
  }
}

/**
 * What a crash within a write leaves: a part of a WAL write (of a reset, perhaps the cut file only), some of the
 * blocks, and nothing of a record that is replaced atomically. `part` is in [0, 1).
 */
export const writePartly = (disk: Disk, effect: DurableEffect, part: number): void => {
  // Cutting a file happens or does not.
  if (effect.type === 'persist-wal' && effect.keptBytes !== undefined) return
  if (effect.type === 'persist-wal') {
    writeDurable(disk, { ...effect, bytes: effect.bytes.subarray(0, Math.floor(effect.bytes.length * part)) })
  } else if (effect.type === 'append-blocks') {
    writeDurable(disk, { ...effect, blocks: effect.blocks.slice(0, Math.floor(effect.blocks.length * part)) })
  }
}

export const writeCheckpoint = (disk: Disk, effect: Extract<ReplicaEffect, { type: 'checkpoint' }>): void => {
  for (const [index, bucket] of effect.buckets) {
    if (bucket.length > 0) disk.buckets.set(index, bucket)
    else disk.buckets.delete(index)
  }
  disk.checkpoint = { height: effect.height, meta: effect.meta }
}

/** The bytes with one bit turned at this share of their length. */
export const withFlippedBit = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice()
  const index = Math.min(copy.length - 1, Math.floor(at * copy.length))
  if (index >= 0) copy[index] = (copy[index] as number) ^ 0x10
  return copy
}
