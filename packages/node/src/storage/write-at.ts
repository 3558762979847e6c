import { fdatasync, writeSync } from 'node:fs'
import { promisify } from 'node:util'

const syncData: (fd: number) => Promise<void> = promisify(fdatasync)

/**
 * Writes the bytes at an offset of the open file; durable when it resolves. They go to the system at once, which takes
 * microseconds, and a thread waits for the disk. Bytes that overwrite others cost the disk one write: those that make
 * a file longer cost its file system a transaction too.
 */
export const writeAt = (fd: number, bytes: Uint8Array, offset: number): Promise<void> => {
  for (let done = 0; done < bytes.length; )
    done += writeSync(fd, bytes, done, bytes.length - done, offset + done)
  return syncData(fd)
}
