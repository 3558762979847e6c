import { hexFromBytes, ok, type Result, refuse } from '../../../src/encoding/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import { checkpointMetaOf, takeSnapshot } from '../../../src/replica/index.ts'
import { validateChunk } from '../../../src/state/chunk.ts'
import { createStateTree } from '../../../src/state/tree.ts'
import { createRecentBlocks, validateManifest } from '../../../src/sync/index.ts'
import { Violation } from '../checks/check.ts'
import { type OfferedSnapshot, spoilSnapshot } from '../liars/spoil-snapshot.ts'
import { committedFrom } from './decoded.ts'
import { createDisk, type Disk, portsOf } from './disk.ts'
import type { Host } from './host.ts'
import { traced, type World } from './world.ts'

/** What the process has. */
const trueSnapshot = (world: World, { disk }: Host): OfferedSnapshot | undefined => {
  const taken = takeSnapshot(
    { ...portsOf(disk), verifier: world.signatures.verifier } as never,
    world.decisions.handovers,
  )
  if (!taken.ok) return undefined
  return {
    ...taken.value,
    readBlock: (height: number) => disk.blocks[height - 1],
    readBucket: portsOf(disk).state.readBucket,
  }
}

/** What it hands on. */
const offerOf = (world: World, source: Host, offered: OfferedSnapshot): OfferedSnapshot => {
  if (source.liar === undefined || !world.random.chance(0.8)) return offered
  world.counts.note('liar.bad-snapshot')
  return spoilSnapshot(offered, world.random)
}

/** What a node does with a snapshot: every piece is checked, or nothing of it is used. */
const install = (world: World, offered: OfferedSnapshot): Result<Disk> => {
  const { genesis, networkId, signatures } = world
  const { manifest, chunks, readBlock } = offered
  const sound = validateManifest(manifest, genesis, signatures.verifier)
  if (!sound.ok) return sound
  const disk = createDisk()
  const recent = createRecentBlocks(sound.value, networkId, signatures.verifier)
  disk.lowestHeight = manifest.recentBlocks.fromHeight
  while (!recent.isComplete()) {
    const height = recent.next()
    const bytes = readBlock(height)
    const added = bytes ? recent.add(bytes) : refuse('snapshot.bad-block', 'There is no such block.')
    if (!added.ok) return added
    disk.blocks[height - 1] = bytes as Uint8Array
  }
  for (const [index, bytes] of chunks.entries()) {
    const buckets = validateChunk(index, bytes, manifest.chunkHashes[index] as Uint8Array)
    if (!buckets.ok) return buckets
    for (const [at, bucket] of buckets.value) disk.buckets.set(at, bucket)
  }
  const { height, hash } = sound.value
  disk.checkpoint = { height, meta: checkpointMetaOf(height, hash, manifest.log) }
  return ok(disk)
}

/** As long as a transaction may wait for its block, by the rules: what stood in one may not stand in another. */
const WINDOW_MS = 10 * 60_000

/** S12: chain, log and span of blocks are those that a replay would have. */
const checkTaken = (world: World, host: Host, disk: Disk, { manifest }: OfferedSnapshot): void => {
  const { blocks, checkpoint, lowestHeight } = disk
  const headerAt = (height: number) => committedFrom(blocks[height - 1] as Uint8Array).block.header
  const head = headerAt(blocks.length)
  const hash = blockHash(head)
  if (
    world.decisions.blocks.get(head.height)?.hash !== Buffer.from(hash).toString('hex') ||
    checkpoint?.height !== head.height
  )
    throw new Violation('S12', `${host.peer} takes a snapshot of another chain`)
  const state = createStateTree(portsOf(disk).state, disk.buckets.keys())
  if (hexFromBytes(state.root()) !== hexFromBytes(head.stateRoot))
    throw new Violation('S12', `${host.peer} takes a snapshot of another state`)
  const meta = Buffer.from(checkpointMetaOf(head.height, hash, manifest.log))
  if (!meta.equals(checkpoint.meta))
    throw new Violation('S12', `${host.peer} takes a snapshot with a false log`)
  if (lowestHeight > 1 && headerAt(lowestHeight).timeMs + WINDOW_MS > head.timeMs)
    throw new Violation('S12', `${host.peer} takes a snapshot without the blocks of the last ten minutes`)
}

/** S12: nobody takes what a liar spoilt, and nobody refuses what an honest node offers. */
const take = (world: World, host: Host, source: Host): boolean => {
  const known = trueSnapshot(world, source)
  if (known === undefined) return false
  const offered = offerOf(world, source, known)
  const installed = install(world, offered)
  traced(
    world,
    () => `${host.peer} takes the snapshot of ${source.peer}: ${installed.ok ? 'whole' : installed.code}`,
  )
  if (!installed.ok) {
    if (source.liar === undefined && !source.isDamaged)
      throw new Violation('S12', `${host.peer} refuses an honest snapshot: ${installed.code}`)
    return false
  }
  checkTaken(world, host, installed.value, known)
  host.disk = { ...installed.value, wal: host.disk.wal, lastSigned: host.disk.lastSigned }
  host.isInstalled = true
  world.counts.note('process.snapshot')
  return true
}

/** A process that is about to start on an empty disk may take a snapshot from whoever runs, liars first. */
export const fillEmpty = (world: World, host: Host): void => {
  const { scenario, hosts, random } = world
  if (!scenario.takesSnapshots || host.disk.blocks.length > 0 || host.replica) return
  const sources = hosts.filter((each) => each !== host && each.replica && each.disk.checkpoint)
  const ordered = random
    .shuffled(sources)
    .sort((a, b) => Number(b.liar !== undefined) - Number(a.liar !== undefined))
  ordered.some((source) => take(world, host, source))
}
