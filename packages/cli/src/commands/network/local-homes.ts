import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { readNodeConfig } from '@medchain/node'
import { localApiUrl } from '../../client/node-url.ts'
import { fail, valueOrFail } from '../../command-error.ts'

export interface LocalHome {
  readonly name: string
  readonly home: string
  readonly apiUrl: string
}

/** The homes that `network local` made below a folder, in the order of their ports. */
export const findLocalHomes = async (dir: string): Promise<readonly LocalHome[]> => {
  const names = await readdir(dir).catch(() => [])
  const homes: LocalHome[] = []
  for (const name of names) {
    const home = path.join(dir, name)
    const isHome = await readFile(path.join(home, 'node.json')).then(
      () => true,
      () => false,
    )
    if (!isHome) continue
    const { api } = valueOrFail(await readNodeConfig(home))
    homes.push({ name, home, apiUrl: localApiUrl(api) })
  }
  if (homes.length === 0) {
    return fail(
      'network.not-found',
      `There is no local network in ${dir}.`,
      `medchain network local --dir ${dir} makes one.`,
    )
  }
  return homes.sort((a, b) => Number(new URL(a.apiUrl).port) - Number(new URL(b.apiUrl).port))
}
