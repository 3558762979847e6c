import { ok, type Result, refuse } from '@medchain/core'

export interface ExclusiveLock {
  release(): void
}

/**
 * Takes the home for this process until it ends, however it ends: an exclusive transaction on an empty
 * SQLite file, which the system's file locks stand behind. `storage.locked` when another process has it and does
 * not let go within `waitMs`.
 */
export const takeExclusiveLock = async (file: string, waitMs = 0): Promise<Result<ExclusiveLock>> => {
  const { DatabaseSync } = await import('node:sqlite')
  try {
    const database = new DatabaseSync(file, { timeout: waitMs })
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw error
    }
    return ok({ release: () => database.close() })
  } catch (error) {
    const isBusy = /locked|busy/.test(error instanceof Error ? error.message : '')
    return isBusy
      ? refuse('storage.locked', `Another process has ${file} open; let it end first.`)
      : refuse('storage.write-failed', `${file} cannot be opened.`)
  }
}
