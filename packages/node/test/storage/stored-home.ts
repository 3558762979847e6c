import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { networkIdOf, type StoredBlock, unwrap } from '@medchain/core'
import { nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import { openStorage, type Storage } from '../../src/storage/index.ts'
import type { MadeChain } from './made-chain.ts'

const logger = createLogger({ level: 'silent' })

export const openHome = (home: string, { genesis }: MadeChain) =>
  openStorage({ paths: nodePaths(home), networkId: networkIdOf(genesis) }, { logger })

/** What tests do with the storage of homes that hold blocks of this chain. */
export const storingFor = (chain: MadeChain) => {
  const withStorage = async <T>(home: string, f: (storage: Storage) => Promise<T>): Promise<T> => {
    const storage = unwrap(await openHome(home, chain))
    try {
      return await f(storage)
    } finally {
      await storage.close()
    }
  }
  const fill = (home: string, blocks: readonly StoredBlock[] = chain.blocks): Promise<void> =>
    withStorage(home, ({ blocks: store }) => store.append(blocks))
  return { withStorage, fill }
}

export const segmentFile = async (home: string): Promise<string> => {
  const folder = nodePaths(home).blocks
  const name = (await readdir(folder)).find((each) => each.endsWith('.blocks'))
  return path.join(folder, name as string)
}
