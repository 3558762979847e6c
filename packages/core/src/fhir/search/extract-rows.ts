import { dateRange, TIME_MAX, TIME_MIN } from '../date-range.ts'
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts'
import { foldText, type SearchKind, type SearchRow } from './search-query.ts'

export interface RowBase {
  readonly param: string
  readonly kind: SearchKind
}

/** Rows of a code, boolean, Coding, CodeableConcept, Identifier or ContactPoint. */
export const tokenRows = (base: RowBase, value: JsonValue): SearchRow[] => {
  if (typeof value === 'string') return [{ ...base, code: value }]
  if (typeof value === 'boolean') return [{ ...base, code: value ? 'true' : 'false' }]
  if (!isJsonObject(value)) return []
  if (isJsonArray(value.coding)) return value.coding.flatMap((coding) => tokenRows(base, coding))
  const code = typeof value.code === 'string' ? value.code : value.value
  if (typeof code !== 'string') return []
  return [{ ...base, ...(isCodeSystem(value.system) ? { system: value.system } : {}), code }]
}

// A ContactPoint's system is its kind (phone, email); code systems and identifier systems are URIs.
const isCodeSystem = (system: JsonValue | undefined): system is string =>
  typeof system === 'string' && system.includes(':')

/** The row of a date, dateTime, instant, Period or Timing with events; open ends reach TIME_MIN and TIME_MAX. */
export const dateRow = (base: RowBase, value: JsonValue): SearchRow[] => {
  if (typeof value === 'string') {
    const range = dateRange(value)
    return range === undefined ? [] : [{ ...base, low: range.low, high: range.high }]
  }
  if (!isJsonObject(value)) return []
  if (isJsonArray(value.event)) return value.event.flatMap((event) => dateRow(base, event))
  const start = typeof value.start === 'string' ? dateRange(value.start) : undefined
  const end = typeof value.end === 'string' ? dateRange(value.end) : undefined
  if (start === undefined && end === undefined) return []
  return [{ ...base, low: start?.low ?? TIME_MIN, high: end?.high ?? TIME_MAX }]
}

const NUMBER_MAX = Number.MAX_VALUE

/** The row of a decimal, Quantity (its comparator opens one end) or Range. */
export const quantityRow = (base: RowBase, value: JsonValue): SearchRow[] => {
  if (isJsonNumber(value)) return Number.isFinite(value.value) ? [pointRow(base, value.value)] : []
  if (!isJsonObject(value)) return []
  if (isJsonObject(value.low) || isJsonObject(value.high)) return rangeRow(base, value)
  const number = numberOf(value)
  if (number === undefined) return []
  const units = unitsOf(value)
  const comparator = value.comparator
  if (comparator === '<' || comparator === '<=')
    return [{ ...base, ...units, low: -NUMBER_MAX, high: number }]
  if (comparator === '>' || comparator === '>=') return [{ ...base, ...units, low: number, high: NUMBER_MAX }]
  return [{ ...pointRow(base, number), ...units }]
}

const pointRow = (base: RowBase, number: number): SearchRow => ({
  ...base,
  low: number,
  high: number,
  number,
})

const rangeRow = (base: RowBase, value: JsonObject): SearchRow[] => {
  const low = isJsonObject(value.low) ? value.low : undefined
  const high = isJsonObject(value.high) ? value.high : undefined
  const from = low === undefined ? undefined : numberOf(low)
  const until = high === undefined ? undefined : numberOf(high)
  if (from === undefined && until === undefined) return []
  return [{ ...base, ...unitsOf(low ?? high ?? value), low: from ?? -NUMBER_MAX, high: until ?? NUMBER_MAX }]
}

const numberOf = (quantity: JsonObject): number | undefined => {
  const number = isJsonNumber(quantity.value) ? quantity.value.value : undefined
  return number !== undefined && Number.isFinite(number) ? number : undefined
}

const unitsOf = ({ system, code, unit }: JsonObject): { system?: string; code?: string; unit?: string } => ({
  ...(typeof system === 'string' ? { system } : {}),
  ...(typeof code === 'string' ? { code } : {}),
  ...(typeof unit === 'string' ? { unit } : {}),
})

/** The row of a string; of a name or address object every part is named by a path of its own. */
export const stringRows = (base: RowBase, value: JsonValue): SearchRow[] =>
  typeof value === 'string' ? [{ ...base, text: value, folded: foldText(value) }] : []
