import { access } from 'node:fs/promises'
import { open } from 'lmdb'
import { type BlockIndex, createBlockIndex } from '../blocks/block-index.ts'
import type { Finding } from './finding.ts'

export interface IndexReader {
  readonly placeOf: BlockIndex['get']
  readonly close: () => Promise<void>
}

const NO_INDEX: IndexReader = { placeOf: () => undefined, close: async () => undefined }

/** The index of a store as it stands, or a finding when it cannot be opened. */
export const openIndexReader = async (folder: string): Promise<IndexReader | Finding> => {
  const isPresent = await access(folder).then(
    () => true,
    () => false,
  )
  if (!isPresent) return NO_INDEX
  try {
    const root = open<Buffer, number>({ path: folder, encoding: 'binary', maxDbs: 4, readOnly: true })
    const database = root.openDB<Buffer, number>({
      name: 'blocks',
      encoding: 'binary',
      keyEncoding: 'uint32',
    })
    const index = createBlockIndex(database, () => undefined)
    return { placeOf: index.get, close: () => root.close() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    return { code: 'storage.index-damaged', where: folder, message: `The index cannot be opened: ${reason}.` }
  }
}
