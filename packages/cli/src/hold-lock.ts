import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { valueOrFail } from './command-error.ts'

const LOCK_WAIT_MS = 20_000

/** By lock file: waiting for a lock stops the whole process, so that its own commands must not wait for one another. */
const queues = new Map<string, Promise<unknown>>()

const lockAndWork = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const { takeExclusiveLock } = await import('@medchain/node')
  const lock = valueOrFail(await takeExclusiveLock(file, LOCK_WAIT_MS))
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Does something while no other command, of this process or of another, holds the lock file. `storage.locked`. */
export const holdLock = <T>(file: string, work: () => Promise<T>): Promise<T> => {
  const run = () => lockAndWork(file, work)
  const result = (queues.get(file) ?? Promise.resolve()).then(run, run)
  queues.set(file, result)
  const forget = () => {
    if (queues.get(file) === result) queues.delete(file)
  }
  result.then(forget, forget)
  return result
}
