import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface TestFile {
  readonly file: string
  readonly timeoutMs: number
  readonly needsTsx: boolean
  /** Starts real processes: runs alone, after the rest. */
  readonly heavy: boolean
}

const defaultTimeoutMs = 300_000

/** Every test file of the project, paths relative to root, narrowed to those under or named like a filter. */
export function findTestFiles(root: string, filters: readonly string[]): TestFile[] {
  const packages = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/test`)
  const files = [...packages, 'test']
    .flatMap((folder) => walk(root, folder))
    .filter((file) => /\.test\.tsx?$/.test(file))
    .filter((file) => filters.length === 0 || filters.some((filter) => matches(root, file, filter)))
  return files.sort().map((file) => describe(root, file))
}

/** A filter that is a path means what is there; any other means part of a name. */
function matches(root: string, file: string, filter: string): boolean {
  const wanted = path.posix.normalize(filter).replace(/\/$/, '')
  if (existsSync(path.join(root, wanted))) return file === wanted || file.startsWith(`${wanted}/`)
  return file.includes(wanted)
}

function walk(root: string, folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return []
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(root, file)
    return [file]
  })
}

function describe(root: string, file: string): TestFile {
  const firstLine = readFileSync(path.join(root, file), 'utf8').split('\n', 1)[0] ?? ''
  const seconds = /^\/\/ timeout: (\d+)s\s*$/.exec(firstLine)?.[1]
  return {
    file,
    timeoutMs: seconds === undefined ? defaultTimeoutMs : Number(seconds) * 1000,
    needsTsx: reachesTsx(path.join(root, file), new Set()),
    heavy: file.includes('/process/') || file.startsWith('test/story'),
  }
}

/** Whether a file is JSX or imports some through relative paths; Node strips types but does not know JSX. */
function reachesTsx(file: string, seen: Set<string>): boolean {
  if (file.endsWith('.tsx')) return true
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const source = readFileSync(file, 'utf8')
  const imports = source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.{1,2}\/[^'"]+\.tsx?)['"]/g)
  return [...imports].some(([, target]) => reachesTsx(path.resolve(path.dirname(file), target ?? ''), seen))
}
