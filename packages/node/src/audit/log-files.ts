import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type FoundFrame, scanFrames } from './frame.ts'

const NAME = /^(\d{8})\.audit$/

/** Numbers of the log's files, oldest first. */
export const listLogFiles = async (folder: string): Promise<number[]> =>
  (await readdir(folder))
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

export const logFile = (folder: string, number: number): string =>
  path.join(folder, `${String(number).padStart(8, '0')}.audit`)

export type PlacedFrame = FoundFrame & { readonly file: number; readonly fileBytes: number }

/** Every frame of the log in the order of writing; one file of at most 4 MiB in memory at a time. */
export async function* walkLog(folder: string): AsyncGenerator<PlacedFrame> {
  for (const file of await listLogFiles(folder)) {
    const bytes = await readFile(logFile(folder, file))
    for (const frame of scanFrames(bytes)) yield { ...frame, file, fileBytes: bytes.length }
  }
}
