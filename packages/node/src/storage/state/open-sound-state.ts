import { mkdir, rename, rm } from 'node:fs/promises'
import type { BlockStorePort } from '@medchain/core'
import type { Logger } from '../../logger.ts'
import { StorageError } from '../storage-error.ts'
import { openStateStore, type StateStore } from './state-store.ts'

/** Reads every bucket once; throws `storage.state-damaged` for the first that is not as it was written. */
const assertSound = (state: StateStore, headHeight: number): void => {
  const height = state.checkpoint()?.height ?? 0
  if (height > headHeight) {
    const reason = `The state is at height ${height}, above the last stored block ${headHeight}.`
    throw new StorageError('storage.state-ahead', reason)
  }
  for (const index of state.occupied()) state.readBucket(index)
}

/**
 * The state store, or an empty one in its place when it does not fit the blocks or a byte of it changed: the
 * replica then rebuilds it from the blocks. The old one is put aside beside it (consensus Q51).
 */
export const openSoundState = async (
  folder: string,
  blocks: BlockStorePort,
  logger: Logger,
): Promise<StateStore> => {
  let state: StateStore | undefined
  try {
    state = openStateStore(folder)
    assertSound(state, blocks.headHeight())
    return state
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.error({ code: error.code, reason: error.message }, 'the state is rebuilt from the blocks')
    await state?.close()
    const aside = `${folder}.damaged`
    await rm(aside, { recursive: true, force: true })
    await rename(folder, aside)
    await mkdir(folder, { mode: 0o700 })
    return openStateStore(folder)
  }
}
