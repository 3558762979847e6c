import { ok, type Refusal, type Result, refuse } from '../../encoding/index.ts'
import { dateRange } from '../date-range.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts'

/** What cannot be said by grants, and where it stands. */
export const unsupported = (path: string, why: string): Refusal =>
  refuse('consent.unsupported', `${path}: ${why}`)

export const malformed = (path: string, why: string): Refusal =>
  refuse('consent.malformed', `${path}: ${why}`)

/** Refuses an object with an element beside the named ones: what is not understood might change the meaning. */
export const checkElements = (object: JsonObject, path: string, known: readonly string[]): Result<void> => {
  const foreign = Object.keys(object).find((name) => object[name] !== undefined && !known.includes(name))
  return foreign === undefined
    ? ok(undefined)
    : unsupported(`${path}.${foreign}`, 'grants cannot express this element.')
}

/** Members of a repeating element; none when it is absent. */
export const membersOf = (object: JsonObject, name: string, path: string): Result<readonly JsonObject[]> => {
  const value = object[name]
  if (value === undefined) return ok([])
  const items = isJsonArray(value) ? value : []
  return items.length > 0 && items.every(isJsonObject)
    ? ok(items as readonly JsonObject[])
    : malformed(`${path}.${name}`, 'a list of objects with at least one is expected.')
}

/** Reads every item; the first refusal ends it. */
export const readEach = <T, U>(
  items: readonly T[],
  read: (item: T, index: number) => Result<U>,
): Result<readonly U[]> => {
  const found: U[] = []
  for (const [index, item] of items.entries()) {
    const one = read(item, index)
    if (!one.ok) return one
    found.push(one.value)
  }
  return ok(found)
}

export const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** Codes of `system` in a CodeableConcept's or a list's codings; another system is refused with its path. */
export const codeOf = (coding: JsonObject, path: string, system: string): Result<string> => {
  const code = textOf(coding.code)
  if (textOf(coding.system) !== system || code === undefined)
    return unsupported(path, `a coding of ${system} is expected.`)
  return ok(code)
}

export const conceptCode = (concept: JsonObject, path: string, system: string): Result<string> => {
  const codings = membersOf(concept, 'coding', path)
  if (!codings.ok) return codings
  const [coding, other] = codings.value
  if (coding === undefined || other !== undefined)
    return unsupported(`${path}.coding`, 'one coding is expected.')
  return codeOf(coding, `${path}.coding[0]`, system)
}

/** The value of a logical reference by an identifier of `system`. */
export const identifierOf = (
  reference: JsonValue | undefined,
  path: string,
  system: string,
): Result<string> => {
  const identifier = isJsonObject(reference) ? reference.identifier : undefined
  const value = isJsonObject(identifier) ? textOf(identifier.value) : undefined
  const isKnown = isJsonObject(identifier) && textOf(identifier.system) === system
  return isKnown && value !== undefined
    ? ok(value)
    : unsupported(path, `a reference with an identifier of ${system} is expected.`)
}

export interface Span {
  readonly fromMs: number | undefined
  /** Exclusive. */
  readonly untilMs: number | undefined
}

/** A Period: from the beginning of what its start covers to the end of what its end covers. */
export const periodOf = (value: JsonValue | undefined, path: string): Result<Span> => {
  if (value === undefined) return ok({ fromMs: undefined, untilMs: undefined })
  if (!isJsonObject(value)) return malformed(path, 'a Period is expected.')
  const known = checkElements(value, path, ['start', 'end'])
  if (!known.ok) return known
  const bound = (name: 'start' | 'end') => {
    const text = textOf(value[name])
    return text === undefined ? undefined : dateRange(text)
  }
  const [start, end] = [bound('start'), bound('end')]
  for (const name of ['start', 'end'] as const)
    if (value[name] !== undefined && bound(name) === undefined)
      return malformed(`${path}.${name}`, 'a FHIR dateTime is expected.')
  const span = { fromMs: start?.low, untilMs: end?.high }
  return span.fromMs !== undefined && span.untilMs !== undefined && span.fromMs >= span.untilMs
    ? malformed(path, 'it ends before it begins.')
    : ok(span)
}
