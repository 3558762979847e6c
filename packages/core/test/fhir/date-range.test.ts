import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { dateRange, daysFromDate, yearFromMs } from '../../src/fhir/date-range.ts'

test('days agree with the host calendar over the years FHIR can write', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9998 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      (y, m, d) => {
        const host = new Date(0)
        host.setUTCFullYear(y, m - 1, d)
        is(daysFromDate(y, m, d) * 86_400_000, host.getTime())
      },
    ),
    { numRuns: 2000 },
  )
})

test('the year of an instant agrees with the host calendar', () => {
  fc.assert(
    fc.property(fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 }), (ms) => {
      is(yearFromMs(ms), new Date(ms).getUTCFullYear())
    }),
    { numRuns: 2000 },
  )
  for (const year of [1900, 1970, 2000, 2001, 2024, 2025]) {
    is(yearFromMs(Date.UTC(year, 0)), year)
    is(yearFromMs(Date.UTC(year, 0) - 1), year - 1)
  }
})

test('a date covers its precision', () => {
  const ms = (text: string): number => Date.parse(text)
  equal(dateRange('2020'), { low: ms('2020-01-01T00:00:00Z'), high: ms('2021-01-01T00:00:00Z') })
  equal(dateRange('2020-12'), { low: ms('2020-12-01T00:00:00Z'), high: ms('2021-01-01T00:00:00Z') })
  equal(dateRange('2020-02-29'), { low: ms('2020-02-29T00:00:00Z'), high: ms('2020-03-01T00:00:00Z') })
  equal(dateRange('2020-02-29T23:59+02:00'), {
    low: ms('2020-02-29T21:59:00Z'),
    high: ms('2020-02-29T22:00:00Z'),
  })
  equal(dateRange('2020-02-29T23:59:58-05:30'), {
    low: ms('2020-03-01T05:29:58Z'),
    high: ms('2020-03-01T05:29:59Z'),
  })
  equal(dateRange('1969-12-31T23:59:59.5Z'), { low: -500, high: -499 })
})

test('what is no date has no range', () => {
  for (const text of [
    '',
    '20',
    '0000',
    '2019-02-29',
    '1900-02-29',
    '2020-13',
    '2020-00-01',
    '2020-04-31',
    '2020-01-01T24:00:00Z',
    '2020-1-1',
    'tomorrow',
    '2020-01-01T10Z',
  ]) {
    is(dateRange(text), undefined, text)
  }
  is(dateRange('2000-02-29')?.low, Date.parse('2000-02-29T00:00:00Z'))
})

test.run()
