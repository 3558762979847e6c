import { COMPARTMENTS } from '@medchain/core'
import { test } from 'uvu'
import { equal, throws } from 'uvu/assert'
import type { OptionValues } from '../../src/commands/command-spec.ts'
import { isComplete, readChoices } from '../../src/commands/grant/grant-choices.ts'

const NOW = Date.parse('2026-11-21T12:30:00Z')
const input = (options: OptionValues) => ({ args: ['dr-lopez'], options })
const read = (options: OptionValues) => readChoices(input(options), NOW)

test('read, TREAT, one year in whole days', () => {
  const choices = read({ compartment: ['laboratory'] })
  equal([choices.mode, choices.purposes, choices.isDeny], ['read', ['TREAT'], false])
  equal(new Date(choices.fromMs).toISOString(), '2026-11-21T00:00:00.000Z')
  equal(new Date(choices.untilMs).toISOString(), '2027-11-22T00:00:00.000Z')
})

test('all leaves the protected compartments out unless they are named', () => {
  equal(read({ compartment: ['all'] }).compartments.length, COMPARTMENTS.length - 6)
  equal(read({ compartment: ['all,hiv', 'violence'] }).compartments.length, COMPARTMENTS.length - 4)
})

const wrong: readonly (readonly [OptionValues, string])[] = [
  [{}, 'usage.scope'],
  [{ compartment: ['labs'] }, 'usage.compartment'],
  [{ compartment: ['all'], purpose: ['HRESCH,TREAT'] }, 'usage.purpose'],
  [{ compartment: ['all'], purpose: ['BTG'] }, 'usage.purpose'],
  [{ compartment: ['all'], mode: 'erase' }, 'usage.mode'],
  [{ record: ['abc'], mode: 'write' }, 'usage.mode'],
  [{ compartment: ['all'], dataFrom: '2026-02', dataUntil: '2026-02-01' }, 'usage.data-range'],
  [{ compartment: ['all'], dataFrom: '2026-02', deny: true }, 'usage.data-range'],
  [{ compartment: ['all'], dataFrom: '2026-02', mode: 'read-write' }, 'usage.mode'],
  [{ compartment: ['all'], dataFrom: '2026-02', purpose: ['HRESCH'] }, 'usage.data-range'],
  [{ compartment: ['all'], dataFrom: '2026-02', record: ['abcd'] }, 'usage.data-range'],
  [{ record: ['abcd'], deny: true }, 'usage.data-range'],
  [{ compartment: ['all,notes'] }, 'consent.notes-separate'],
  [{ record: ['abcd'], dataFrom: '2026-02' }, 'usage.data-range'],
  [{ compartment: ['all'], dataFrom: 'spring' }, 'usage.time'],
  [{ compartment: ['all'], until: 'soon' }, 'usage.time'],
  [{ compartment: ['all'], until: 'yesterday' }, 'usage.period'],
  [{ compartment: ['all'], from: '40d', until: '30d' }, 'usage.period'],
  [{ compartment: ['all'], broker: 'north' }, 'usage.broker'],
]

test('dates are those of FHIR, or times as people write them', () => {
  const spanOf = (options: OptionValues) => {
    const { dates } = read({ compartment: ['all'], ...options })
    return [dates?.fromMs, dates?.untilMs].map((ms) => (ms === undefined ? '' : new Date(ms).toISOString()))
  }
  equal(spanOf({}), ['', ''])
  equal(spanOf({ dataFrom: '1964', dataUntil: '2026-05' }), [
    '1964-01-01T00:00:00.000Z',
    '2026-05-01T00:00:00.000Z',
  ])
  equal(spanOf({ dataFrom: '30d ago' }), ['2026-10-22T12:30:00.000Z', ''])
})

test('choices that make no grant', () => {
  for (const [options, code] of wrong) {
    throws(
      () => read(options),
      (error: { code: string }) => error.code === code,
      JSON.stringify(options),
    )
  }
})

test('complete when whom and what are said', () => {
  equal(isComplete(input({ compartment: ['all'] })), true)
  equal(isComplete(input({ record: ['abcd'] })), true)
  equal(isComplete(input({ purpose: ['TREAT'] })), false)
  equal(isComplete({ args: [], options: { compartment: ['all'] } }), false)
})

test.run()
