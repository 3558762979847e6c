import { existsSync } from 'node:fs'
import path from 'node:path'
import { valueOrFail } from '../command-error.ts'
import type { Host } from '../host.ts'
import { localApiUrl } from './node-url.ts'

/** Whether an institution's node lives in this home. */
export const isNodeHome = (home: string): boolean => existsSync(path.join(home, 'node.json'))

/** Where the node of this home is reached, as its node.json says; undefined in a home without a node. `config.*`. */
export const ownNodeUrl = async (home: string, env: Host['env']): Promise<string | undefined> => {
  if (!isNodeHome(home)) return undefined
  const { readNodeConfig } = await import('@medchain/node')
  return localApiUrl(valueOrFail(await readNodeConfig(home, env)).api)
}
