import { mkdir, rename, rm } from 'node:fs/promises'
import type { Logger } from '../../logger.ts'
import type { BlockStore } from '../blocks/block-store.ts'
import { rebuildState } from '../snapshots/rebuild-state.ts'
import { StorageError } from '../storage-error.ts'
import { openStateStore, type StateStore } from './state-store.ts'

export interface StatePlace {
  readonly folder: string
  /** Snapshots that this node made. */
  readonly snapshots: string
  readonly blocks: BlockStore
}

/** Reads every bucket once; throws `storage.state-damaged` for the first that is not as it was written. */
const assertSound = (state: StateStore, { blocks, folder }: StatePlace): void => {
  const height = state.checkpoint()?.height
  if (height === undefined && blocks.lowestHeight() > 1)
    throw new StorageError('storage.state-damaged', `The state in ${folder} is lost.`)
  if (height !== undefined && height > blocks.headHeight()) {
    const reason = `The state is at height ${height}, above the last stored block ${blocks.headHeight()}.`
    throw new StorageError('storage.state-ahead', reason)
  }
  for (const index of state.occupied()) state.readBucket(index)
}

/** An empty state, or where the first blocks are not here any more that of the own snapshot. */
const openRebuilt = async ({ folder, snapshots, blocks }: StatePlace): Promise<StateStore> => {
  await mkdir(folder, { mode: 0o700 })
  if (blocks.lowestHeight() > 1 && !(await rebuildState(folder, snapshots, blocks))) {
    throw new StorageError(
      'storage.state-lost',
      'The state is damaged, and what it could be rebuilt from is not kept here; move node/blocks and node/state aside, keep node/wal, and start from a snapshot.',
    )
  }
  return openStateStore(folder)
}

/**
 * The state store, or one in its place when it does not fit the blocks or a byte of it changed: an empty one, which
 * the replica fills from the blocks, or that of the own snapshot. The old one is put aside beside it (consensus Q51).
 */
export const openSoundState = async (place: StatePlace, logger: Logger): Promise<StateStore> => {
  const { folder } = place
  let state: StateStore | undefined
  try {
    state = openStateStore(folder)
    assertSound(state, place)
    return state
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.error({ code: error.code, reason: error.message }, 'the state is rebuilt')
    await state?.close()
    const aside = `${folder}.damaged`
    await rm(aside, { recursive: true, force: true })
    await rename(folder, aside)
    return openRebuilt(place)
  }
}
