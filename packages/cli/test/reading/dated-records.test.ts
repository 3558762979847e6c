import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { isDatedWithin } from '../../src/reading/dated-records.ts'

const ms = (text: string): number => Date.parse(text)
const half = { fromMs: ms('2024-01-01T00:00:00Z'), untilMs: ms('2024-07-01T00:00:00Z') }

test('a record is in a span when all that its date covers is', () => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    ['2024-03', true],
    ['2024-06-30', true],
    ['2024-06-30T23:59:59Z', true],
    ['2024-07-01', false],
    ['2023-12-31', false],
    ['2024', false],
    ['2024-07-01T00:30:00+01:00', true],
    ['yesterday', false],
    ['', false],
    [undefined, false],
  ]
  for (const [date, expected] of cases) equal(isDatedWithin(date, half), expected, date)
})

test('an absent end is open, and still wants a date', () => {
  equal(isDatedWithin('1931-05', { fromMs: undefined, untilMs: half.untilMs }), true)
  equal(isDatedWithin('2099', { fromMs: half.fromMs, untilMs: undefined }), true)
  equal(isDatedWithin(undefined, { fromMs: undefined, untilMs: half.untilMs }), false)
})

test.run()
