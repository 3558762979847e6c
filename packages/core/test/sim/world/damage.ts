import { decodeWal } from '../../../src/replica/index.ts'
import { copyDisk, createDisk, withFlippedBit } from './disk.ts'
import type { Host } from './host.ts'
import { crash, start } from './process.ts'
import { fillEmpty } from './snapshots.ts'
import { traced, type World } from './world.ts'

/** Where the last frame of the WAL begins: behind the sound part of all but the end. */
const isLastFrame = (world: World, wal: Uint8Array, damaged: Uint8Array): boolean => {
  const before = decodeWal(wal, world.networkId)
  const after = decodeWal(damaged, world.networkId)
  return before.ok && after.ok && before.value?.records.length !== after.value?.records.length
}

type Harm = (world: World, host: Host) => void

/**
 * All memory of what was signed and decided is gone. Before height 2 that looks like the very first start, at which
 * everybody signs, so that S2 ends with it.
 */
const wipe: Harm = (world, host) => {
  world.counts.note('process.wipe')
  if (host.disk.blocks.length < 2) host.isExempt = true
  host.disk = createDisk()
  host.isInstalled = false
}

const loseWal: Harm = (world, host) => {
  world.counts.note('disk.lost-wal')
  host.disk.wal = undefined
}

const walHeight = (world: World, wal: Uint8Array | undefined): number | undefined => {
  const content = wal && decodeWal(wal, world.networkId)
  return content?.ok ? content.value?.height : undefined
}

/**
 * The WAL of an earlier moment, beside the true last-signed record, which knows heights and rounds: an old WAL of
 * the very round passes for a true one, and so does any where that record is lost too, so that S2 ends with it.
 */
const restoreWal: Harm = (world, host) => {
  if (host.backup === undefined) return
  world.counts.note('disk.stale-wal')
  const isOfThisHeight = walHeight(world, host.backup.wal) === walHeight(world, host.disk.wal)
  if (isOfThisHeight || host.disk.lastSigned === undefined) host.isExempt = true
  host.disk.wal = host.backup.wal
}

/** Everything as it was: a memory that nobody can tell from a true one, so that S2 ends for it here. */
const restoreAll: Harm = (world, host) => {
  if (host.backup === undefined) return
  world.counts.note('disk.stale-restore')
  host.disk = copyDisk(host.backup)
  host.isExempt = true
  host.isDamaged ||= host.isBackupDamaged
}

/** A bit of the WAL turns. In its last frame that looks like a tear, so that S2 ends; before, it must be noticed. */
const rotWal: Harm = (world, host) => {
  const { wal } = host.disk
  if (wal === undefined || wal.length === 0) return
  world.counts.note('disk.bit-rot-wal')
  host.disk.wal = withFlippedBit(wal, world.random.next())
  if (isLastFrame(world, wal, host.disk.wal)) host.isExempt = true
  host.isDamaged = true
}

const rotBlocks: Harm = (world, host) => {
  const { random, counts } = world
  const { blocks, lowestHeight } = host.disk
  if (blocks.length === 0) return
  counts.note('disk.bit-rot-blocks')
  const index = lowestHeight - 1 + random.int(blocks.length - lowestHeight + 1)
  blocks[index] = withFlippedBit(blocks[index] as Uint8Array, random.next())
  host.isDamaged = true
}

const harms: readonly Harm[] = [wipe, wipe, loseWal, restoreWal, restoreAll, rotWal, rotBlocks]

/** What an operator does with a node that refuses to start: newer software, or the damaged part goes and the rest stays. */
export const repairHalted = (world: World, host: Host): void => {
  const code = host.halted
  if (code === undefined || host.replica !== undefined) return
  if (code === 'protocol.unsupported') {
    if (!world.random.chance(0.5)) return
    traced(world, () => `${host.peer} is updated`)
    host.isOutdated = false
    start(world, host)
    return
  }
  traced(world, () => `${host.peer} is repaired after ${code}`)
  if (code.startsWith('wal.')) host.disk.wal = undefined
  else host.disk = { ...createDisk(), wal: host.disk.wal, lastSigned: host.disk.lastSigned }
  world.checks.damaged(host)
  start(world, host)
}

/** A forgetful member's process ends, its disk suffers, and it starts again; between times a copy is made. */
export const damage = (world: World): void => {
  const { random, hosts, queue } = world
  const forgetful = hosts.filter(({ conduct, replica }) => conduct === 'forgetful' && replica)
  const [host] = random.shuffled(forgetful)
  if (host === undefined) return
  if (random.chance(0.4)) {
    host.backup = copyDisk(host.disk)
    host.isBackupDamaged = host.isDamaged
    return
  }
  crash(world, host)
  const harm = random.pick(harms)
  traced(world, () => `${host.peer} suffers ${harm.name}`)
  harm(world, host)
  world.checks.damaged(host)
  queue.after(random.between(0, 1500), () => {
    fillEmpty(world, host)
    start(world, host)
    repairHalted(world, host)
  })
}
