/** A span of time in epoch milliseconds: from `low` up to but not including `high`. */
export interface DateRange {
  readonly low: number
  readonly high: number
}

/** Stand-ins for an open end: the widest instants ECMAScript time knows, exact as numbers. */
export const TIME_MIN = -8.64e15
export const TIME_MAX = 8.64e15

const MS_PER_DAY = 86_400_000
const PATTERN =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Hinnant, days_from_civil). */
export const daysFromDate = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The UTC year of an instant. */
export const yearFromMs = (ms: number): number => {
  const days = Math.floor(ms / MS_PER_DAY)
  // 365.2425 days a year; the guess is at most one off.
  let year = 1970 + Math.floor(days / 365.2425)
  while (daysFromDate(year + 1, 1, 1) <= days) year += 1
  while (daysFromDate(year, 1, 1) > days) year -= 1
  return year
}

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

/**
 * The span that a FHIR date, dateTime or instant covers at its precision: a year, a month, a day, a minute, a
 * second, or a millisecond. Without a zone it is read as UTC. Undefined when it is not a date.
 */
export const dateRange = (text: string): DateRange | undefined => {
  const parts = PATTERN.exec(text)
  if (parts === null) return undefined
  const [, yearText, monthText, dayText, hour, minute, second, fraction, zone] = parts
  const year = Number(yearText)
  if (year === 0) return undefined
  if (monthText === undefined) return daysRange(daysFromDate(year, 1, 1), daysFromDate(year + 1, 1, 1))
  const month = Number(monthText)
  if (month < 1 || month > 12) return undefined
  if (dayText === undefined) {
    const next = month === 12 ? daysFromDate(year + 1, 1, 1) : daysFromDate(year, month + 1, 1)
    return daysRange(daysFromDate(year, month, 1), next)
  }
  const day = Number(dayText)
  if (day < 1 || day > daysInMonth(year, month)) return undefined
  const start = daysFromDate(year, month, day)
  if (hour === undefined || minute === undefined) return daysRange(start, start + 1)
  return timeRange(start, { hour, minute, second, fraction, zone })
}

const daysRange = (from: number, until: number): DateRange => ({
  low: from * MS_PER_DAY,
  high: until * MS_PER_DAY,
})

interface TimeParts {
  readonly hour: string
  readonly minute: string
  readonly second: string | undefined
  readonly fraction: string | undefined
  readonly zone: string | undefined
}

const timeRange = (
  day: number,
  { hour, minute, second, fraction, zone }: TimeParts,
): DateRange | undefined => {
  const hours = Number(hour)
  const minutes = Number(minute)
  const seconds = second === undefined ? 0 : Number(second)
  // 60 is a leap second.
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const low = day * MS_PER_DAY + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms - zoneOffsetMs(zone)
  return { low, high: low + (second === undefined ? 60_000 : fraction === undefined ? 1000 : 1) }
}

const zoneOffsetMs = (zone: string | undefined): number => {
  if (zone === undefined || zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
