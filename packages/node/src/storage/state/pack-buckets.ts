import { BUCKET_COUNT } from '@medchain/core'
import { checkValue } from './checked-value.ts'
import { packWrites, putPacks } from './pack-table.ts'
import { openStateDatabase } from './state-database.ts'

/** Buckets moved in one transaction. */
const MOVED_AT_ONCE = 1024

/**
 * Moves the buckets of a state of format 4, each a value with its hash in front, into packs; goes on where a crash cut
 * it off. Throws `storage.state-damaged` for one that is not as it was written.
 */
export const packBuckets = async (folder: string): Promise<void> => {
  const { root, packs, damaged } = openStateDatabase(folder, false)
  const buckets = root.openDB<Buffer, number>({ name: 'buckets', encoding: 'binary', keyEncoding: 'uint32' })
  const contentOf = (index: number, stored: Uint8Array): Uint8Array => {
    const content = checkValue(`bucket ${index}`, stored)
    if (content) return content
    throw damaged(`bucket ${index}`)
  }
  try {
    for (let from = 0; from < BUCKET_COUNT; from += MOVED_AT_ONCE) {
      const range = [...buckets.getRange({ start: from, end: from + MOVED_AT_ONCE })]
      if (range.length === 0) continue
      const moved = range.map(({ key: index, value }) => ({ index, content: contentOf(index, value) }))
      await root.transaction(() => {
        putPacks(packs, packWrites(from, moved))
        for (const { index } of moved) buckets.remove(index)
      })
    }
    await buckets.drop()
    await root.flushed
  } finally {
    await root.close()
  }
}
