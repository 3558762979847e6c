import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts'
import { rowsOfReference } from './extract-reference.ts'
import { dateRow, quantityRow, stringRows, tokenRows } from './extract-rows.ts'
import { type PathStep, type SearchParameter, searchParametersOf } from './search-parameters.ts'
import type { SearchRow } from './search-query.ts'

export interface ExtractOptions {
  /** Turns a bundle's `urn:uuid:…` into `Type/id` where the file says so; the row of the urn stays as well. */
  readonly resolve?: (reference: string) => string | undefined
}

/**
 * All searchable values of a resource as flat rows, for a table or for matchesSearch. Values of the wrong shape
 * give no row: what cannot be read is not found.
 */
export const extractSearchValues = (resource: JsonObject, options: ExtractOptions = {}): SearchRow[] => {
  const type = typeof resource.resourceType === 'string' ? resource.resourceType : ''
  const rows: SearchRow[] = []
  for (const parameter of searchParametersOf(type).values()) {
    for (const path of parameter.paths) {
      forEachAt(resource, path, 0, (value) => {
        for (const row of rowsOf(parameter, value, options)) rows.push(row)
      })
    }
  }
  return rows
}

const forEachAt = (
  value: JsonValue | undefined,
  path: readonly PathStep[],
  depth: number,
  visit: (value: JsonValue) => void,
): void => {
  if (value === undefined || value === null) return
  if (isJsonArray(value)) {
    for (const element of value) forEachAt(element, path, depth, visit)
    return
  }
  const step = path[depth]
  const previous = path[depth - 1]
  if (previous?.where !== undefined && !(isJsonObject(value) && value.system === previous.where)) return
  if (step === undefined) visit(value)
  else if (isJsonObject(value)) forEachAt(value[step.element], path, depth + 1, visit)
}

const rowsOf = (
  parameter: SearchParameter,
  value: JsonValue,
  options: ExtractOptions,
): readonly SearchRow[] => {
  const base = { param: parameter.name, kind: parameter.kind }
  switch (parameter.kind) {
    case 'token':
      return tokenRows(base, value)
    case 'reference':
      return rowsOfReference(base, value, parameter.targetType, options.resolve)
    case 'date':
      return dateRow(base, value)
    case 'quantity':
    case 'number':
      return quantityRow(base, value)
    case 'string':
      return stringRows(base, value)
    case 'uri':
      return typeof value === 'string' ? [{ ...base, text: value }] : []
  }
}
