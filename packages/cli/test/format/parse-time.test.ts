import { test } from 'uvu'
import { equal, throws } from 'uvu/assert'
import { parseTime } from '../../src/format/parse-time.ts'

const NOW = Date.parse('2026-11-21T12:30:00Z')
const at = (typed: string) => new Date(parseTime(typed, NOW, '--until')).toISOString()

const table: readonly (readonly [string, string])[] = [
  ['2027-01-01', '2027-01-01T00:00:00.000Z'],
  ['2027-01-01T08:00:00Z', '2027-01-01T08:00:00.000Z'],
  ['2027-01-01T08:00:00.250+02:00', '2027-01-01T06:00:00.250Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['tomorrow', '2026-11-22T00:00:00.000Z'],
  ['today', '2026-11-21T00:00:00.000Z'],
  ['now', '2026-11-21T12:30:00.000Z'],
  ['30d', '2026-12-21T12:30:00.000Z'],
  ['10s', '2026-11-21T12:30:10.000Z'],
  ['2 w', '2026-12-05T12:30:00.000Z'],
  ['1y', '2027-11-21T12:30:00.000Z'],
  ['12h ago', '2026-11-21T00:30:00.000Z'],
]

test('times as people write them', () => {
  for (const [typed, expected] of table) equal(at(typed), expected, typed)
})

test('anything else is refused', () => {
  for (const typed of [
    '',
    'soon',
    '2027-02-30',
    '2027-13-01',
    '2027-01-01T25:00:00Z',
    '-5d',
    '30',
    '1e3d',
    '01/02/2027',
  ]) {
    throws(
      () => at(typed),
      (error: { code: string }) => error.code === 'usage.time',
    )
  }
})

test.run()
