import { access } from 'node:fs/promises'
import { type Genesis, ok, type Result, refuse } from '@medchain/core'
import { readGenesisFile } from './genesis-file.ts'
import { type NodeConfig, pathFromHome } from './node-config.ts'
import type { NodePaths } from './paths.ts'

const isPresent = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** The genesis document: the given file, else the one node.json names, else the copy of the first start. */
export const findGenesis = async (
  paths: NodePaths,
  config: NodeConfig,
  given: string | undefined,
): Promise<Result<{ readonly genesis: Genesis; readonly file: string }>> => {
  const named = config.genesis && pathFromHome(paths.home, config.genesis)
  const candidates = given === undefined ? [named, paths.genesis] : [given]
  for (const file of candidates) {
    if (file === undefined || (file !== given && !(await isPresent(file)))) continue
    const genesis = await readGenesisFile(file)
    return genesis.ok ? ok({ genesis: genesis.value, file }) : genesis
  }
  return refuse('genesis.missing', `${paths.home} has no genesis document yet; name one with --genesis.`)
}
