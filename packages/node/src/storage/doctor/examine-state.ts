import { createStateTree, equalBytes } from '@medchain/core'
import { openStateStore } from '../state/state-store.ts'
import { StorageError } from '../storage-error.ts'
import type { Finding } from './finding.ts'

/** Every bucket of the last checkpoint, and the root they give against the header of that height. */
export async function* examineState(
  folder: string,
  stateRoots: ReadonlyMap<number, Uint8Array>,
): AsyncGenerator<Finding> {
  const damagedBy = (error: unknown): Finding => {
    if (!(error instanceof StorageError)) throw error
    return { code: error.code, where: folder, message: error.message }
  }
  let state: ReturnType<typeof openStateStore>
  try {
    state = openStateStore(folder, { isReadOnly: true })
  } catch (error) {
    yield damagedBy(error)
    return
  }
  try {
    const damaged: Finding[] = []
    const readBucket = (index: number) => {
      try {
        return state.readBucket(index)
      } catch (error) {
        damaged.push(damagedBy(error))
        return []
      }
    }
    const height = state.checkpoint()?.height
    if (height === undefined) return
    const tree = createStateTree({ readBucket }, state.occupied())
    yield* damaged
    const expected = stateRoots.get(height)
    if (damaged.length === 0 && height > 0 && expected && !equalBytes(tree.root(), expected)) {
      const message = `The stored state gives another root than the header of block ${height}.`
      yield { code: 'storage.state-root', where: folder, message }
    }
  } catch (error) {
    yield damagedBy(error)
  } finally {
    await state.close()
  }
}
