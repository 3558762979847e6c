import { fail } from '../command-error.ts'

const DAY_MS = 86_400_000
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
  mo: 30 * DAY_MS,
  y: 365 * DAY_MS,
}

const startOfDay = (timeMs: number): number => Math.floor(timeMs / DAY_MS) * DAY_MS

const WORDS: Readonly<Record<string, (nowMs: number) => number>> = {
  now: (nowMs) => nowMs,
  today: startOfDay,
  tomorrow: (nowMs) => startOfDay(nowMs) + DAY_MS,
  yesterday: (nowMs) => startOfDay(nowMs) - DAY_MS,
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/
const DISTANCE = /^(\d{1,5})\s*(s|m|h|d|w|mo|y)( ago)?$/

/** Midnight UTC of a calendar date; undefined for one that does not exist. */
const dateMs = (text: string): number | undefined => {
  const timeMs = Date.parse(`${text}T00:00:00Z`)
  const exists = !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text)
  return exists ? timeMs : undefined
}

const instantMs = (text: string): number | undefined => {
  const date = RFC_3339.exec(text)?.[1]
  if (date === undefined || dateMs(date) === undefined) return undefined
  const timeMs = Date.parse(text.toUpperCase().replace(' ', 'T'))
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/**
 * Milliseconds of what a person writes for a time: RFC 3339, `2027-01-01` (midnight UTC), `30d`, `12h ago`,
 * `today`, `tomorrow`. `usage.time` for anything else, naming the option.
 */
export const parseTime = (typed: string, nowMs: number, option: string): number => {
  const text = typed.trim()
  const [, amount, unit = '', ago] = DISTANCE.exec(text) ?? []
  if (amount !== undefined) return nowMs + (ago ? -1 : 1) * Number(amount) * (UNIT_MS[unit] ?? 0)
  const timeMs = WORDS[text]?.(nowMs) ?? (DATE.test(text) ? dateMs(text) : instantMs(text))
  if (timeMs !== undefined && timeMs >= 0) return timeMs
  return fail(
    'usage.time',
    `${option} does not understand “${typed}”.`,
    'Write 30d, 12h, tomorrow, 2027-01-01 or 2027-01-01T08:00:00Z.',
  )
}
