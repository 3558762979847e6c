import { constants } from 'node:os'
import type { Refusal } from '@medchain/core'

/** What a disk or a file on it did wrong; `code` is stable, the message names the file. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  refusal(): Refusal {
    return { ok: false, code: this.code, message: this.message }
  }
}

/** LMDB gives the system's numbers. */
const FULL: readonly (string | number)[] = [
  'ENOSPC',
  'EDQUOT',
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
]

/** The error of a write that did not reach the disk: `storage.full` or `storage.write-failed`. */
export const writeError = (file: string, error: unknown): StorageError => {
  if (error instanceof StorageError) return error
  const { code = 'unknown error' } = error as { readonly code?: string | number }
  const isFull = FULL.includes(code)
  return isFull
    ? new StorageError('storage.full', `There is no space left to write ${file}.`, { cause: error })
    : new StorageError('storage.write-failed', `${file} cannot be written (${code}).`, { cause: error })
}
