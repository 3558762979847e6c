import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '../command-error.ts'

/** Which network this home belongs to, and the node it talks to unless told otherwise. */
export interface Trust {
  readonly url: string
  /** Base32 of the genesis hash. */
  readonly networkId: string
}

const fileOf = (home: string): string => path.join(home, 'trust.json')

/** What `medchain connect` wrote; undefined before it was called. `config.damaged` for anything else. */
export const readTrust = async (home: string): Promise<Trust | undefined> => {
  const file = fileOf(home)
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (content === undefined) return undefined
  try {
    const { url, networkId } = JSON.parse(content) as Partial<Trust>
    if (typeof url === 'string' && URL.canParse(url) && typeof networkId === 'string')
      return { url, networkId }
  } catch {
    // Told below, with the file's name.
  }
  return fail('config.damaged', `${file} is damaged.`, 'Run medchain connect URL --fingerprint F again.')
}

export const writeTrust = async (home: string, trust: Trust): Promise<void> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const file = fileOf(home)
  await writeFile(`${file}.tmp`, `${JSON.stringify(trust, undefined, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.tmp`, file)
}
