import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunRecord } from './run-record.ts'

const FILE = path.resolve(import.meta.dirname, '../history.jsonl')

/** Oldest first. */
export const runsFromText = (text: string): readonly RunRecord[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunRecord)

export const readHistory = async (): Promise<readonly RunRecord[]> =>
  runsFromText(await readFile(FILE, 'utf8'))

export const appendRun = (run: RunRecord): Promise<void> => appendFile(FILE, `${JSON.stringify(run)}\n`)
