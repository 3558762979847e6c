import type { RootDatabase } from 'lmdb'
import { writeError } from './storage-error.ts'

/** What LMDB rejects a write with: the reason stands in a promise of its own. */
interface FailedCommit extends Error {
  readonly commitError?: Promise<never>
}

const REFUSED_PAGE = /Attempting to write page/

const isFailedCommit = (error: unknown): error is FailedCommit =>
  error instanceof Error && ('commitError' in error || REFUSED_PAGE.test(error.message))

const waiting = new Set<(error: unknown) => void>()
let isWatching = false
let hasFailed = false

/**
 * LMDB tells of a failed commit also through promises that nobody holds, which would end the process with a stack
 * trace, and settles neither `flushed` nor `close` after one: whoever waits in `written` is told instead.
 */
export const watchFailedCommits = (): void => {
  if (isWatching) return
  isWatching = true
  process.on('unhandledRejection', (reason) => {
    if (!isFailedCommit(reason)) throw reason
    hasFailed = true
    for (const reject of waiting) reject(reason)
  })
}

const reasonOf = async (error: unknown): Promise<unknown> => {
  if (!isFailedCommit(error)) return error
  hasFailed = true
  return error.commitError?.catch((reason: unknown) => reason) ?? error
}

/** Waits for a write of LMDB; throws `storage.full` or `storage.write-failed`, naming what was to be written. */
export const written = async <T>(what: string, write: Promise<T>): Promise<T> => {
  let giveUp: (error: unknown) => void = () => undefined
  const failure = new Promise<never>((_resolve, reject) => {
    giveUp = reject
    waiting.add(reject)
  })
  try {
    return await Promise.race([write, failure])
  } catch (error) {
    throw writeError(what, await reasonOf(error))
  } finally {
    waiting.delete(giveUp)
  }
}

/** Closes a database; one with a failed commit only goes with the process. */
export const closeDatabase = async (root: Pick<RootDatabase, 'close'>): Promise<void> => {
  if (!hasFailed) await root.close()
}
