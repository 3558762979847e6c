import type {
  DateValue,
  QuantityValue,
  ReferenceValue,
  SearchClause,
  SearchRow,
  SearchValue,
  StringValue,
  TokenValue,
} from './search-query.ts'

/** Whether one row answers one value of a clause, FHIR R4 §3.1.1.4. */
export const matchesRow = (row: SearchRow, value: SearchValue, clause: SearchClause): boolean => {
  switch (value.kind) {
    case 'token':
      return matchesToken(row, value)
    case 'reference':
      return matchesReference(row, value, clause.targetType)
    case 'date':
      return matchesDate(row, value)
    case 'quantity':
    case 'number':
      return matchesQuantity(row, value)
    case 'string':
      return matchesString(row, value, clause.modifier)
    case 'uri':
      return row.text === value.text
    case 'missing':
      return false
  }
}

const matchesToken = (row: SearchRow, { system, code }: TokenValue): boolean =>
  (system === undefined || system === (row.system ?? '')) && (code === undefined || code === row.code)

// A urn:uuid names the resource whatever its type, so that `Patient/X` finds `urn:uuid:X`.
const matchesReference = (row: SearchRow, value: ReferenceValue, targetType: string | undefined): boolean => {
  if (row.text !== value.id) return false
  const isUrn = row.code?.startsWith('urn:') ?? false
  if (targetType !== undefined && !isUrn && row.code !== `${targetType}/${value.id}`) return false
  if (value.target === undefined) return true
  if (value.base !== undefined && row.system !== undefined && row.system !== value.base) return false
  return row.code === value.target || (row.code?.startsWith('urn:uuid:') ?? false)
}

const matchesDate = (row: SearchRow, { prefix, low, high }: DateValue): boolean => {
  if (row.low === undefined || row.high === undefined) return false
  const within = low <= row.low && row.high <= high
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
      return row.high > high
    case 'ge':
      return row.high > high || within
    case 'lt':
      return row.low < low
    case 'le':
      return row.low < low || within
    case 'sa':
      return row.low >= high
    case 'eb':
      return row.high <= low
  }
}

const matchesQuantity = (row: SearchRow, value: QuantityValue): boolean => {
  if (row.low === undefined || row.high === undefined) return false
  if (value.system !== undefined && value.system !== row.system) return false
  if (value.code !== undefined && value.code !== row.code && value.code !== row.unit) return false
  const within = value.low <= row.low && row.high < value.high
  switch (value.prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
      return row.high > value.number
    case 'ge':
      return row.high >= value.number
    case 'lt':
      return row.low < value.number
    case 'le':
      return row.low <= value.number
    case 'sa':
      return row.low > value.number
    case 'eb':
      return row.high < value.number
  }
}

const matchesString = (row: SearchRow, value: StringValue, modifier: SearchClause['modifier']): boolean => {
  if (modifier === 'exact') return row.text === value.text
  if (row.folded === undefined) return false
  return modifier === 'contains' ? row.folded.includes(value.folded) : row.folded.startsWith(value.folded)
}
