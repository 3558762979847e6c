import { access, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { NodePaths } from '../../config/index.ts'
import { stagingFolder } from '../snapshots/install-staging.ts'
import { packBuckets } from '../state/pack-buckets.ts'
import { StorageError } from '../storage-error.ts'
import { storageFiles } from '../storage-files.ts'
import type { Migration } from './migration.ts'
import { shortenIds } from './short-ids.ts'

const isPresent = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** A state that cannot be read is put aside, as at any start: it is rebuilt from blocks or the own snapshot. */
const packState = async ({ state }: NodePaths): Promise<void> => {
  if (!(await isPresent(path.join(state, 'data.mdb')))) return
  try {
    await packBuckets(state)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    await rm(`${state}.damaged`, { recursive: true, force: true })
    await rename(state, `${state}.damaged`)
  }
}

/** Format 5 keeps buckets of the state in packs, and heights of transactions under the beginning of their ids. A snapshot that was on its way in is begun anew. */
export const packsOfState: Migration = {
  from: 4,
  does: 'the state keeps its buckets in packs, and a log of what changed; the index has shorter ids',
  run: async (paths) => {
    await rm(stagingFolder(paths), { recursive: true, force: true })
    await packState(paths)
    const { index } = storageFiles(paths)
    if (await isPresent(path.join(index, 'data.mdb'))) await shortenIds(index)
  },
}
