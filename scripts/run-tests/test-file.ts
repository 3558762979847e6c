import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface TestFile {
  readonly file: string
  readonly timeoutMs: number
  readonly needsTsx: boolean
  /** Starts real processes: one of these at a time. */
  readonly heavy: boolean
  /** Why nothing may run beside it: it measures times. */
  readonly alone?: string | undefined
  /** Why it is left to CI and `--long`. */
  readonly long?: string | undefined
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
  const tags = readTags(readFileSync(path.join(root, file), 'utf8'))
  return {
    file,
    timeoutMs: tags.timeoutMs ?? defaultTimeoutMs,
    needsTsx: reachesTsx(path.join(root, file), new Set()),
    heavy: file.includes('/process/') || tags.alone !== undefined,
    alone: tags.alone,
    long: tags.long,
  }
}

/** What the first lines of a test file say of it: `// timeout: 600s`, `// long: reason`, `// alone: reason`. */
export function readTags(source: string): {
  readonly timeoutMs: number | undefined
  readonly long: string | undefined
  readonly alone: string | undefined
} {
  const [head] = /^(\/\/.*\n)*/.exec(source) ?? ['']
  const tag = (name: string): string | undefined =>
    new RegExp(`^// ${name}: (\\S.*?)\\s*$`, 'm').exec(head)?.[1]
  const seconds = /^(\d+)s$/.exec(tag('timeout') ?? '')?.[1]
  return {
    timeoutMs: seconds === undefined ? undefined : Number(seconds) * 1000,
    long: tag('long'),
    alone: tag('alone'),
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
