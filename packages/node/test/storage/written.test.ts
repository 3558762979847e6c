import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { StorageError } from '../../src/storage/storage-error.ts'
import { closeDatabase, watchFailedCommits, written } from '../../src/storage/written.ts'

const noSpace = () => Object.assign(new Error('Attempting to write page at position 1'), { code: 28 })

/** As LMDB rejects every write of a commit that failed. */
const failedCommit = (): Error => {
  const commitError = Promise.reject(noSpace())
  commitError.catch(() => undefined)
  return Object.assign(new Error('Commit failed (see commitError for details)'), { commitError })
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'written',
    (error: unknown) => (error instanceof StorageError ? `${error.code}: ${error.message}` : String(error)),
  )

test('a write that was refused for want of space says so', async () => {
  equal(await codeOf(written('the index', Promise.resolve(1))), 'written')
  equal(
    await codeOf(written('the index', Promise.reject(failedCommit()))),
    'storage.full: There is no space left to write the index.',
  )
})

test('a failed commit that nobody holds ends what would wait for ever, and not the process', async () => {
  watchFailedCommits()
  const flushed = codeOf(written('the state', new Promise(() => undefined)))
  Promise.reject(failedCommit())
  equal(await flushed, 'storage.full: There is no space left to write the state.')
  await closeDatabase({ close: () => new Promise(() => undefined) })
})

test.run()
