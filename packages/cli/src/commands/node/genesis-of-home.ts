import { access } from 'node:fs/promises'
import path from 'node:path'
import type { Genesis } from '@medchain/core'
import { nodePaths, readGenesisFile } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** The founding document that the home keeps, or the one that its configuration names. */
export const genesisOfHome = async (home: string, named: string | undefined): Promise<Genesis> => {
  const kept = nodePaths(home).genesis
  if (await isThere(kept)) return valueOrFail(await readGenesisFile(kept))
  if (named !== undefined) return valueOrFail(await readGenesisFile(path.resolve(home, named)))
  return fail('genesis.missing', 'The home has no genesis document yet, so there is nothing to check.')
}
