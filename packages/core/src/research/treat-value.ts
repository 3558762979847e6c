import {
  emptyJsonObject,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../fhir/json/value.ts'
import { AGE_MAX_YEARS, isReleasedCode, isReleasedSystem, yearOf, zip3Of } from './safe-harbor.ts'
import type { Treatment } from './whitelist.ts'

export interface Treatings {
  readonly pseudonymOf: (reference: string) => string | undefined
  readonly year: number
  readonly sparseZip3: ReadonlySet<string>
}

type Treat = (value: JsonValue, treatings: Treatings) => JsonValue | undefined

/** What is left of one value; undefined when nothing may stay. */
export const treatValue = (
  value: JsonValue,
  treatment: Treatment,
  treatings: Treatings,
): JsonValue | undefined => TREATS[treatment](value, treatings)

const objectOf = (members: readonly (readonly [string, JsonValue | undefined])[]): JsonObject | undefined => {
  const kept = emptyJsonObject()
  for (const [name, value] of members) if (value !== undefined) kept[name] = value
  return Object.keys(kept).length === 0 ? undefined : kept
}

const treatBoolean: Treat = (value) => (typeof value === 'boolean' ? value : undefined)

const treatNumber: Treat = (value) => (isJsonNumber(value) ? value : undefined)

// Bound codes of FHIR value sets are lower-case words; a name or number put there does not pass.
const treatCode: Treat = (value) =>
  typeof value === 'string' && /^[a-z][a-z-]{0,39}$/.test(value) ? value : undefined

const treatCoding: Treat = (value) => {
  if (!isJsonObject(value)) return undefined
  const { system, code } = value
  if (typeof system !== 'string' || typeof code !== 'string') return undefined
  return isReleasedSystem(system) && isReleasedCode(code)
    ? objectOf([
        ['system', system],
        ['code', code],
      ])
    : undefined
}

const treatConcept: Treat = (value, treatings) => {
  const codings = isJsonObject(value) ? value.coding : undefined
  if (!isJsonArray(codings)) return undefined
  const kept = codings.flatMap((coding) => treatCoding(coding, treatings) ?? [])
  return kept.length === 0 ? undefined : objectOf([['coding', kept]])
}

const YEAR_UNITS = new Set(['a', 'a_j', 'a_g', 'a_t', 'y', 'yr', 'yrs', 'year', 'years'])
const MONTH_UNITS = new Set(['mo', 'mo_j', 'mo_g', 'mo_s', 'month', 'months'])

const treatQuantity: Treat = (value) => {
  if (!isJsonObject(value) || !isJsonNumber(value.value)) return undefined
  const unit = typeof value.code === 'string' ? value.code : value.unit
  const known = typeof value.code === 'string' && value.system === 'http://unitsofmeasure.org'
  const units: [string, JsonValue][] =
    known && typeof value.code === 'string' && isReleasedCode(value.code)
      ? [
          ['system', 'http://unitsofmeasure.org'],
          ['code', value.code],
        ]
      : []
  const perYear = typeof unit !== 'string' ? 0 : yearsPerUnit(unit.toLowerCase())
  if (value.value.value * perYear > AGE_MAX_YEARS) {
    const cap = String(Math.round((AGE_MAX_YEARS + 1) / perYear))
    return objectOf([['value', new JsonNumber(cap)], ['comparator', '>='], ...units])
  }
  const { comparator } = value
  const bound = typeof comparator === 'string' && /^[<>]=?$/.test(comparator) ? comparator : undefined
  return objectOf([['value', value.value], ['comparator', bound], ...units])
}

const yearsPerUnit = (unit: string): number => (YEAR_UNITS.has(unit) ? 1 : MONTH_UNITS.has(unit) ? 1 / 12 : 0)

const treatPair =
  (first: string, second: string): Treat =>
  (value, treatings) => {
    if (!isJsonObject(value)) return undefined
    const part = (name: string): [string, JsonValue | undefined] => {
      const own = value[name]
      return [name, own === undefined ? undefined : treatQuantity(own, treatings)]
    }
    return objectOf([part(first), part(second)])
  }

const treatMoney: Treat = (value) => {
  if (!isJsonObject(value) || !isJsonNumber(value.value)) return undefined
  const { currency } = value
  return objectOf([
    ['value', value.value],
    ['currency', typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined],
  ])
}

const treatYear: Treat = (value) => (typeof value === 'string' ? yearOf(value) : undefined)

const treatYears: Treat = (value, treatings) => {
  if (!isJsonObject(value)) return undefined
  return objectOf([
    ['start', value.start === undefined ? undefined : treatYear(value.start, treatings)],
    ['end', value.end === undefined ? undefined : treatYear(value.end, treatings)],
  ])
}

// The month is gone, so that 89 and 90 cannot be told apart in the year of the ninetieth birthday: capped.
const treatBirthYear: Treat = (value, { year }) => {
  const born = typeof value === 'string' ? yearOf(value) : undefined
  return born === undefined
    ? undefined
    : String(Math.max(Number(born), year - AGE_MAX_YEARS - 1)).padStart(4, '0')
}

const treatAddress: Treat = (value, { sparseZip3 }) => {
  if (!isJsonObject(value)) return undefined
  const { state, country, postalCode } = value
  const isUs =
    country === undefined || (typeof country === 'string' && /^(US|USA|United States)$/i.test(country))
  const isCode = typeof country === 'string' && /^[A-Z]{2,3}$/.test(country)
  return objectOf([
    ['state', isUs && typeof state === 'string' && /^[A-Z]{2}$/.test(state) ? state : undefined],
    ['postalCode', isUs && typeof postalCode === 'string' ? zip3Of(postalCode, sparseZip3) : undefined],
    ['country', isCode ? country : undefined],
  ])
}

const treatReference: Treat = (value, { pseudonymOf }) => {
  const literal = isJsonObject(value) ? value.reference : undefined
  // A fragment points into `contained`, which is dropped.
  if (typeof literal !== 'string' || literal.startsWith('#')) return undefined
  return objectOf([['reference', pseudonymOf(literal)]])
}

const TREATS: Readonly<Record<Treatment, Treat>> = {
  boolean: treatBoolean,
  code: treatCode,
  coding: treatCoding,
  concept: treatConcept,
  number: treatNumber,
  quantity: treatQuantity,
  range: treatPair('low', 'high'),
  ratio: treatPair('numerator', 'denominator'),
  money: treatMoney,
  year: treatYear,
  years: treatYears,
  'birth-year': treatBirthYear,
  address: treatAddress,
  reference: treatReference,
}
