import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../../', import.meta.url))

export const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')

export const filesBelow = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))

/** The TypeScript of the packages, as one text. */
export const sourceOf = (...packages: readonly string[]): string =>
  packages
    .flatMap((name) => filesBelow(`packages/${name}/src`))
    .filter((file) => /\.tsx?$/.test(file))
    .map(textOf)
    .join('\n')

/** Every match's first group, each once. */
export const found = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([whole, group]) => group ?? whole)),
]
