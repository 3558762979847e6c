import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { askedBy, type BenchOptions, helpText } from '../../bench/options.ts'

const KNOWN = ['healthy', 'overload']

const options = (...argv: string[]): BenchOptions => {
  const asked = askedBy(argv, KNOWN)
  if (asked.type !== 'run') throw new Error(`${argv.join(' ')} was not followed`)
  return asked.options
}

test('without arguments everything runs, at its full length', () => {
  const { scenarios, spanMs, warmUpMs, isQuick, isRecorded, profileFolder, rates } = options()
  equal(scenarios, KNOWN)
  equal([spanMs, warmUpMs], [20_000, 5_000])
  equal([isQuick, isRecorded, profileFolder, rates], [false, false, undefined, undefined])
})

test('scenarios, rates and lengths can be chosen', () => {
  const chosen = options('--quick', '--scenario', 'overload', '--rates', '200,1000', '--seconds', '1.5')
  equal(chosen.scenarios, ['overload'])
  equal(chosen.rates, [200, 1_000])
  equal([chosen.spanMs, chosen.warmUpMs], [1_500, 1_000])
})

test('what is not known is refused in one sentence', () => {
  const wrong = [
    ['--fast'],
    ['healthy'],
    ['--scenario'],
    ['--scenario', 'healthy,sleepy'],
    ['--scenario', ''],
    ['--scenario', 'constructor'],
    ['--rates', '0'],
    ['--rates', '100,'],
    ['--rates', 'many'],
    ['--record', '--profile', 'somewhere'],
    ['--mix', 'epoch=1,epoch=2'],
    ['--mix', 'grant=1'],
    ['--seconds', '-1'],
    ['--warm-up', '1e9'],
  ]
  for (const argv of wrong) {
    const asked = askedBy(argv, KNOWN)
    if (asked.type !== 'refused') throw new Error(`${argv.join(' ')} was not refused`)
    match(asked.sentence, /^[A-Z-][^\n]+\.$/)
  }
})

test('help names every scenario', () => {
  equal(askedBy(['--help'], KNOWN), { type: 'help' })
  match(helpText(KNOWN), /healthy, overload/)
})

test.run()
