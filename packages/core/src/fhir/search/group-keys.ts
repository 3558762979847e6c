import { yearFromMs } from '../date-range.ts'
import type { SearchRow } from './search-query.ts'

/**
 * The groups a resource falls into when counts are grouped by one of its search parameters: `system|code` of a
 * token, the target of a reference, the year of a date's beginning, the text of a string or uri. Each key
 * once; quantities make no groups.
 */
export const groupKeysOf = (rows: readonly SearchRow[], param: string): string[] => {
  const keys = new Set<string>()
  for (const row of rows) {
    const key = row.param === param ? keyOf(row) : undefined
    if (key !== undefined) keys.add(key)
  }
  return [...keys]
}

const keyOf = ({ kind, system, code, text, low }: SearchRow): string | undefined => {
  switch (kind) {
    case 'token':
      return system === undefined ? code : `${system}|${code}`
    case 'reference':
      return code ?? text
    case 'date':
      return low === undefined ? undefined : String(yearFromMs(low))
    case 'string':
    case 'uri':
      return text
    case 'quantity':
    case 'number':
      return undefined
  }
}
