import { readFile, stat } from 'node:fs/promises'
import { ok, type Result, refuse } from '@medchain/core'
import type { Environment } from './node-config.ts'

const SIZE_BYTES_MAX = 4096

/** The passphrase of a file, one final line break aside. */
export const readPassphraseFile = async (file: string): Promise<Result<string>> => {
  try {
    const { mode, size } = await stat(file)
    if (size > SIZE_BYTES_MAX) return refuse('config.passphrase', `${file} is too large for a passphrase.`)
    if ((mode & 0o077) !== 0) {
      return refuse('config.passphrase', `${file} is open to others; give it mode 0600.`)
    }
    const text = (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
    return text === '' ? refuse('config.passphrase', `${file} is empty.`) : ok(text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refuse('config.passphrase', `${file} cannot be read (${code ?? 'unknown error'}).`)
  }
}

/**
 * The passphrase of a start without a person: the file if one is named, else `MEDCHAIN_PASSPHRASE`, which is
 * removed from the environment. `config.passphrase` when there is neither.
 */
export const findPassphrase = async (
  file: string | undefined,
  environment: Environment & { MEDCHAIN_PASSPHRASE?: string | undefined },
): Promise<Result<string>> => {
  const given = environment.MEDCHAIN_PASSPHRASE
  delete environment.MEDCHAIN_PASSPHRASE
  if (file !== undefined) return readPassphraseFile(file)
  return given !== undefined && given !== ''
    ? ok(given)
    : refuse('config.passphrase', 'No passphrase: name a passphraseFile or set MEDCHAIN_PASSPHRASE.')
}
