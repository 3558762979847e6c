import type { JsonValue } from '../commands/command-spec.ts'

/** Leaves of a resource by their FHIRPath, in its own order: `code.coding[0].code`. */
export const flattenRow = (row: JsonValue): ReadonlyMap<string, string> => {
  const leaves = new Map<string, string>()
  const visit = (value: JsonValue | undefined, path: string): void => {
    if (value === undefined || value === null) return
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) visit(element, `${path}[${index}]`)
    } else if (typeof value === 'object') {
      for (const [name, member] of Object.entries(value))
        visit(member, path === '' ? name : `${path}.${name}`)
    } else leaves.set(path, String(value))
  }
  visit(row, '')
  return leaves
}

/** All columns of the rows, those of earlier rows first. */
export const columnsOf = (rows: readonly ReadonlyMap<string, string>[]): readonly string[] => [
  ...new Set(rows.flatMap((row) => [...row.keys()])),
]
