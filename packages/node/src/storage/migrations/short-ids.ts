import { openIndex, openTransactionHeights } from '../index-database.ts'
import { transactionKeyOf } from '../transaction-index.ts'

const MOVED_AT_ONCE = 10_000

/** Brings heights that the index of format 4 has under whole ids to their beginnings; goes on where a crash cut it off. */
export const shortenIds = async (indexFolder: string): Promise<void> => {
  const root = openIndex(indexFolder)
  const heights = openTransactionHeights(root)
  const ofWholeIds = root.openDB<Buffer, Uint8Array>({
    name: 'transactions',
    encoding: 'binary',
    keyEncoding: 'binary',
  })
  try {
    for (;;) {
      const some = [...ofWholeIds.getRange({ limit: MOVED_AT_ONCE })]
      if (some.length === 0) break
      await root.transaction(() => {
        for (const { key, value } of some) {
          heights.put(transactionKeyOf(key), value)
          ofWholeIds.remove(key)
        }
      })
    }
    await ofWholeIds.drop()
    await root.flushed
  } finally {
    await root.close()
  }
}
