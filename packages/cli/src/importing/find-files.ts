import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ImportFailure } from './import-item.ts'

export type FileForm = 'json' | 'ndjson'

export interface FoundFile {
  readonly path: string
  readonly sizeBytes: number
  readonly form: FileForm
  readonly isCompressed: boolean
}

export interface FoundFiles {
  readonly files: readonly FoundFile[]
  readonly failures: readonly ImportFailure[]
  /** Files of folders that were left out for their name. */
  readonly ignored: number
}

const FHIR_NAME = /\.(?:json|(ndjson|jsonl))(\.gz)?$/i

const foundFile = (file: string, { size }: Stats): FoundFile => {
  const [, lines, gz] = FHIR_NAME.exec(file) ?? []
  return {
    path: file,
    sizeBytes: size,
    form: lines === undefined ? 'json' : 'ndjson',
    isCompressed: gz !== undefined || /\.gz$/i.test(file),
  }
}

const failureOf = (file: string, error: unknown): ImportFailure => {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return { path: file, code: 'file.not-found', message: `There is no ${file}.` }
  return { path: file, code: 'file.denied', message: `${file} cannot be read (${code ?? String(error)}).` }
}

/**
 * The files behind the paths that a person named, in the order of their names. Folders recurse, without
 * hidden files and links to folders; of theirs only FHIR files (.json, .ndjson, .jsonl, each also .gz) count
 * unless `takesAll`.
 */
export const findFiles = async (paths: readonly string[], takesAll: boolean): Promise<FoundFiles> => {
  const files = new Map<string, FoundFile>()
  const failures: ImportFailure[] = []
  let ignored = 0

  const visitFolder = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true })
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const child = path.join(folder, entry.name)
      if (entry.name.startsWith('.')) continue
      const isWanted = entry.isDirectory() || takesAll || FHIR_NAME.test(entry.name)
      if (isWanted) await visit(child, false, entry.isSymbolicLink())
      else ignored++
    }
  }

  const visit = async (file: string, isNamed: boolean, isLink: boolean): Promise<void> => {
    try {
      const stats = await stat(file)
      if (stats.isFile()) files.set(path.resolve(file), foundFile(file, stats))
      else if (stats.isDirectory() && !isLink) await visitFolder(file)
      else if (isNamed)
        failures.push({ path: file, code: 'file.not-regular', message: `${file} is no file.` })
    } catch (error) {
      failures.push(failureOf(file, error))
    }
  }

  for (const named of paths) await visit(named, true, false)
  return { files: [...files.values()], failures, ignored }
}
