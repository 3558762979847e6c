import { concatBytes } from '../../../src/encoding/index.ts'
import { encodeLastSigned, type ReplicaEffect, type ReplicaPorts } from '../../../src/replica/index.ts'
import type { Bucket } from '../../../src/state/bucket.ts'

/** What of one process is on disk; byte arrays are replaced, never changed. */
export interface Disk {
  wal: Uint8Array | undefined
  /** Where the present process writes on; undefined until it has begun a height in the file. */
  walEnd: number | undefined
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
  walEnd: undefined,
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

type WalWrite = Extract<ReplicaEffect, { type: 'persist-wal' }>

/** `old` with `bytes` written over it at `offset`. */
const overwritten = (old: Uint8Array, bytes: Uint8Array, offset: number): Uint8Array =>
  concatBytes(old.subarray(0, offset), bytes, old.subarray(offset + bytes.length))

/** The file after the write, and where it ends: a height overwrites the one before it, but what another process left goes. */
const walAfter = ({ wal = new Uint8Array(0), walEnd }: Disk, { reset, bytes, keptBytes }: WalWrite) => {
  if (keptBytes !== undefined || (reset && walEnd === undefined))
    return { wal: bytes.slice(), end: bytes.length }
  const offset = reset ? 0 : (walEnd ?? wal.length)
  return { wal: overwritten(wal, bytes, offset), end: offset + bytes.length }
}

export const writeDurable = (disk: Disk, effect: DurableEffect): void => {
  if (effect.type === 'persist-wal') {
    const { wal, end } = walAfter(disk, effect)
    disk.wal = wal
    disk.walEnd = end
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
 * What a crash within a write leaves: of bytes written over others the first or the last ones, of a file that is cut
 * first a part, perhaps nothing, of several blocks some.
 * `part` is in [0, 1).
 */
export const writePartly = (disk: Disk, effect: DurableEffect, part: number): void => {
  // Cutting a file happens or does not.
  if (effect.type === 'persist-wal' && effect.keptBytes !== undefined) return
  if (effect.type === 'append-blocks') {
    writeDurable(disk, { ...effect, blocks: effect.blocks.slice(0, Math.floor(effect.blocks.length * part)) })
    return
  }
  const isFirst = part < 0.5
  const share = isFirst ? 2 * part : 2 * part - 1
  const mixed = (before: Uint8Array, after: Uint8Array): Uint8Array => {
    const at = Math.floor(after.length * share)
    const [head, tail] = isFirst ? [after, before] : [before, after]
    return concatBytes(head.subarray(0, at), tail.subarray(at))
  }
  if (effect.type === 'persist-wal') {
    const { wal } = walAfter(disk, effect)
    const isCut = effect.reset && disk.walEnd === undefined
    disk.wal = isCut
      ? wal.subarray(0, Math.floor(wal.length * part))
      : mixed(disk.wal ?? new Uint8Array(0), wal)
  } else disk.lastSigned = mixed(disk.lastSigned ?? new Uint8Array(effect.bytes.length), effect.bytes)
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
