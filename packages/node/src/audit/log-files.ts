import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type FoundFrame, scanFrames } from './frame.ts'

const NAME = /^(\d{8})\.audit$/

/** Numbers of the log's files, oldest first. */
export const listLogFiles = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

export const logFile = (folder: string, number: number): string =>
  path.join(folder, `${String(number).padStart(8, '0')}.audit`)

export type PlacedFrame = FoundFrame & { readonly file: number }

/** Every frame of the log in the order of writing; files are read one at a time, each at most 16 MiB. */
export function* walkLog(folder: string): Generator<PlacedFrame> {
  for (const file of listLogFiles(folder)) {
    for (const frame of scanFrames(readFileSync(logFile(folder, file)))) yield { ...frame, file }
  }
}
