import path from 'node:path'
import type { SourceFile } from './source-file.ts'

export interface Import {
  readonly from: string
  /** As written. */
  readonly specifier: string
  /** Relative to the root, for relative imports. */
  readonly target: string | undefined
}

const statement = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g

/** What a file imports, statically, dynamically or as types. */
export function importsOf({ file, text, code }: SourceFile): Import[] {
  return [...text.matchAll(statement)]
    .filter((match) => code[match.index] !== ' ') // not in a comment or a string
    .map((match) => {
      const specifier = match[2] ?? ''
      const target = specifier.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), specifier)
        : undefined
      return { from: file, specifier, target }
    })
}

/** One import cycle as a path of files, or undefined when there is none. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const graph = Map.groupBy(imports, ({ from }) => from)
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (file: string): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return undefined
    trail.push(file)
    for (const { target } of graph.get(file) ?? []) {
      const cycle = target === undefined ? undefined : visit(target)
      if (cycle !== undefined) return cycle
    }
    trail.pop()
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const cycle = visit(file)
    if (cycle !== undefined) return cycle
  }
  return undefined
}
