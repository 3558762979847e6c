import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { blankLiterals } from './blank-literals.ts'

export const root = path.resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly file: string
  readonly text: string
  /** The text with comments and the insides of strings replaced by spaces; same length, same lines. */
  readonly code: string
  readonly lines: number
}

const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.DS_Store'])
// Regression seeds, test vectors and the lock file are data.
const binary = /\.(png|gif|jpg|pdf|parquet|ico|woff2)$|\.tsbuildinfo$/

/** Every text file of the project. */
export function allFiles(folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (skipped.has(entry.name)) return []
    if (entry.isDirectory()) return allFiles(file)
    return entry.isFile() && !binary.test(file) ? [file] : []
  })
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}

export function readSource(file: string): SourceFile {
  const text = readText(file)
  return { file, text, code: blankLiterals(text), lines: text.trimEnd().split('\n').length }
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
