import { concatBytes } from '../../src/encoding/index.ts'
import type { ReplicaEffect, ReplicaPorts } from '../../src/replica/index.ts'
import type { Bucket } from '../../src/state/bucket.ts'
import { fakeVerifier } from './cluster-keys.ts'

/** What of one node survives a crash. */
export interface Disk {
  wal: Uint8Array | undefined
  lastSigned: Uint8Array | undefined
  blocks: Uint8Array[]
  checkpoint: { readonly height: number; readonly meta: Uint8Array } | undefined
  buckets: Map<number, Bucket>
}

export const createDisk = (): Disk => ({
  wal: undefined,
  lastSigned: undefined,
  blocks: [],
  checkpoint: undefined,
  buckets: new Map(),
})

export const portsOf = (disk: Disk): ReplicaPorts => ({
  verifier: fakeVerifier,
  blocks: { headHeight: () => disk.blocks.length, readBlock: (height) => disk.blocks[height - 1] },
  state: {
    checkpoint: () => disk.checkpoint,
    occupied: () => disk.buckets.keys(),
    readBucket: (index) => disk.buckets.get(index) ?? [],
  },
})

/** Carries out a durable effect; `part` < 1 tears a WAL write at that share of its bytes. */
export const writeToDisk = (disk: Disk, effect: ReplicaEffect, part = 1): void => {
  if (effect.type === 'persist-wal') {
    const bytes = effect.bytes.subarray(0, Math.floor(effect.bytes.length * part))
    disk.wal = effect.reset || disk.wal === undefined ? bytes.slice() : concatBytes(disk.wal, bytes)
  } else if (part < 1) return
  else if (effect.type === 'persist-last-signed') disk.lastSigned = effect.bytes
  else if (effect.type === 'append-blocks') {
    for (const { height, bytes } of effect.blocks) {
      if (height !== disk.blocks.length + 1)
        throw new Error(`block ${height} on top of ${disk.blocks.length}`)
      disk.blocks.push(bytes)
    }
  } else if (effect.type === 'checkpoint') {
    for (const [index, bucket] of effect.buckets) {
      if (bucket.length > 0) disk.buckets.set(index, bucket)
      else disk.buckets.delete(index)
    }
    disk.checkpoint = { height: effect.height, meta: effect.meta }
  }
}
