import { fdatasync, fsync } from 'node:fs'
import { promisify } from 'node:util'

/** Resolves once what was written to the open file is on disk, with what is needed to read it back. */
export const syncData: (fd: number) => Promise<void> = promisify(fdatasync)

/** The same with all that the system keeps of it; for folders, whose entries are no data. */
export const syncAll: (fd: number) => Promise<void> = promisify(fsync)
