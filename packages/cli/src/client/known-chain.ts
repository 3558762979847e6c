import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '../command-error.ts'
import { holdLock } from '../hold-lock.ts'

/** The newest head and validator set that this home has seen proven. */
export interface KnownChain {
  readonly height: number
  /** Block time. */
  readonly timeMs: number
  /** Hexadecimal. */
  readonly blockHash: string
  /** First height of the newest known validator set; 1 for that of the genesis document. */
  readonly setFromHeight: number
  /** Hexadecimal. */
  readonly setHash: string
}

const fileOf = (home: string, network: string): string => path.join(home, 'chains', `${network}.json`)

const isKnown = (value: Partial<KnownChain>): value is KnownChain =>
  [value.height, value.timeMs, value.setFromHeight].every(Number.isSafeInteger) &&
  typeof value.blockHash === 'string' &&
  typeof value.setHash === 'string'

/** What the home remembers of a network (base32 of its id); undefined at the first meeting. `config.damaged`. */
export const readKnownChain = async (home: string, network: string): Promise<KnownChain | undefined> => {
  const file = fileOf(home, network)
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (content === undefined) return undefined
  try {
    const value = JSON.parse(content) as Partial<KnownChain>
    if (isKnown(value)) return value
  } catch {
    // Told below, with the file's name.
  }
  return fail(
    'config.damaged',
    `${file} is damaged: it holds the newest state of the network that this home has seen.`,
    'Remove it only when you are sure that the node tells the truth.',
  )
}

const write = async (file: string, known: KnownChain): Promise<void> => {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`
  await writeFile(beside, `${JSON.stringify(known)}\n`, { mode: 0o600 })
  await rename(beside, file)
}

/**
 * Remembers what was proven, unless the file tells of as much or more: commands of one home may run side by side.
 * What is remembered now. `config.damaged`.
 */
export const keepKnownChain = (home: string, network: string, known: KnownChain): Promise<KnownChain> => {
  const file = fileOf(home, network)
  return holdLock(`${file}.lock`, async () => {
    const present = await readKnownChain(home, network)
    if (present && present.height >= known.height) return present
    await write(file, known)
    return known
  })
}
