import { readFile } from 'node:fs/promises'
import { decodeHandovers, encodeHandovers, type Handover, ok, type Result, refuse } from '@medchain/core'
import { writeFileAtomic } from '../keystore/index.ts'

/** The handovers that a file holds, none when there is no file; `storage.handovers-damaged` otherwise. */
export const readHandovers = async (file: string): Promise<Result<readonly Handover[] | undefined>> => {
  try {
    const handovers = decodeHandovers(new Uint8Array(await readFile(file)))
    if (handovers.ok) return handovers
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok(undefined)
  }
  return refuse('storage.handovers-damaged', `${file} is damaged; it is made again from the blocks.`)
}

/** Replaces the file as a whole; durable when it resolves. */
export const writeHandovers = (file: string, handovers: readonly Handover[]): Promise<void> =>
  writeFileAtomic(file, encodeHandovers(handovers))
