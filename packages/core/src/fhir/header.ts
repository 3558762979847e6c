import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json/value.ts'

export interface ResourceHeader {
  readonly resourceType: string
  readonly title: string
  /** The clinical date as the resource writes it, at its own precision. */
  readonly date?: string
}

const LABEL_ELEMENTS = [
  'code',
  'vaccineCode',
  'medicationCodeableConcept',
  'name',
  'title',
  'type',
  'description',
  'category',
  'reasonCode',
  'class',
  'serviceType',
  'vaccine',
  'deviceName',
]

const DATE_ELEMENTS = [
  'effectiveDateTime',
  'effectivePeriod',
  'effectiveInstant',
  'occurrenceDateTime',
  'occurrencePeriod',
  'performedDateTime',
  'performedPeriod',
  'onsetDateTime',
  'onsetPeriod',
  'billablePeriod',
  'servicedDate',
  'period',
  'startDate',
  'authoredOn',
  'authored',
  'recordedDate',
  'started',
  'whenHandedOver',
  'collectedDateTime',
  'date',
  'dateTime',
  'createdDateTime',
  'created',
  'sent',
  'recorded',
  'issued',
]

const TITLE_MAX_CHARACTERS = 120

/**
 * What a list shows of a resource: its type, one human line (`Observation: Hemoglobin A1c`), its clinical date.
 * Control and direction characters of the source never reach the title, for titles are printed on terminals.
 */
export const headerFromResource = (resource: JsonObject): ResourceHeader => {
  const resourceType = typeof resource.resourceType === 'string' ? resource.resourceType : 'Resource'
  const label = firstOf(LABEL_ELEMENTS, (name) => labelOf(resource[name]))
  const date = firstOf(DATE_ELEMENTS, (name) => dateOf(resource[name]))
  const title = label === undefined ? resourceType : `${resourceType}: ${label}`
  return { resourceType, title: shorten(title), ...(date === undefined ? {} : { date }) }
}

const firstOf = (
  names: readonly string[],
  read: (name: string) => string | undefined,
): string | undefined => {
  for (const name of names) {
    const found = read(name)
    if (found !== undefined) return found
  }
  return undefined
}

const labelOf = (value: JsonValue | undefined): string | undefined => {
  if (typeof value === 'string') return nonEmpty(value)
  if (isJsonArray(value)) return value.length === 0 ? undefined : labelOf(value[0])
  if (!isJsonObject(value)) return undefined
  return (
    nonEmpty(value.text) ??
    codingLabel(value.coding) ??
    nonEmpty(value.display) ??
    personName(value) ??
    nonEmpty(value.name)
  )
}

const codingLabel = (codings: JsonValue | undefined): string | undefined => {
  if (!isJsonArray(codings)) return undefined
  for (const coding of codings) {
    const display = isJsonObject(coding) ? nonEmpty(coding.display) : undefined
    if (display !== undefined) return display
  }
  const first = codings[0]
  return isJsonObject(first) ? nonEmpty(first.code) : undefined
}

const personName = (name: JsonObject): string | undefined => {
  const given = isJsonArray(name.given) ? name.given.filter((part) => typeof part === 'string') : []
  const parts = [...given, ...(typeof name.family === 'string' ? [name.family] : [])]
  return nonEmpty(parts.join(' '))
}

const dateOf = (value: JsonValue | undefined): string | undefined => {
  if (isJsonObject(value)) return dateOf(value.start) ?? dateOf(value.end)
  return typeof value === 'string' && /^\d{4}(-|$)/.test(value) && value.length <= 40 ? value : undefined
}

const nonEmpty = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const shorten = (text: string): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
  const characters = [...plain]
  return characters.length <= TITLE_MAX_CHARACTERS
    ? plain
    : `${characters.slice(0, TITLE_MAX_CHARACTERS - 1).join('')}…`
}
