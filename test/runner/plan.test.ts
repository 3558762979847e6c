import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { planRun, takeNext } from '../../scripts/run-tests/plan.ts'
import { notRunLines, slowest } from '../../scripts/run-tests/summary.ts'
import { readTags, type TestFile } from '../../scripts/run-tests/test-file.ts'

const file = (name: string, about: Partial<TestFile> = {}): TestFile => ({
  file: name,
  timeoutMs: 1000,
  needsTsx: false,
  heavy: false,
  ...about,
})

const unit = file('unit.test.ts')
const daemons = file('process/daemons.test.ts', { heavy: true })
const other = file('process/other.test.ts', { heavy: true })
const clocked = file('process/clocked.test.ts', { heavy: true, alone: 'latencies' })
const long = file('process/long.test.ts', { heavy: true, long: 'a leap of 30 s' })
const all = [unit, daemons, clocked, long]

const namesOf = (files: readonly TestFile[]) => files.map((each) => each.file)

test('reads tags from the comment at the top only', () => {
  const none = { timeoutMs: undefined, long: undefined, alone: undefined }
  equal(readTags('import x\n// long: no\n'), none)
  equal(readTags("// timeout: 600s\n// long: it waits\nimport x from 'y'\n"), {
    ...none,
    timeoutMs: 600_000,
    long: 'it waits',
  })
  equal(readTags('// Some words.\n// alone: latencies\n'), { ...none, alone: 'latencies' })
  equal(readTags('// timeout: soon\n// long:\n'), none)
})

test('leaves a long file out, unless all are asked for or it is named', () => {
  equal(namesOf(planRun(all, false, []).left), [long.file])
  equal(namesOf(planRun(all, false, ['process']).left), [long.file])
  equal(namesOf(planRun(all, true, []).left), [])
  equal(namesOf(planRun(all, true, []).heavy), [daemons.file, long.file])
  equal(namesOf(planRun(all, false, [long.file]).heavy), [daemons.file, long.file])
  equal(namesOf(planRun(all, false, [`./${long.file}`]).left), [])
})

test('runs one file with processes at a time, light ones beside it, and those that measure alone', () => {
  const plan = planRun(all, false, [])
  equal([namesOf(plan.light), namesOf(plan.alone)], [[unit.file], [clocked.file]])
  const heavy = [daemons, other]
  const light = [unit]
  const running = new Set<TestFile>()
  const take = (): TestFile | undefined => {
    const next = takeNext(heavy, light, running)
    if (next) running.add(next)
    return next
  }
  equal([take(), take(), take()], [daemons, unit, undefined])
  running.delete(daemons)
  equal(take(), other)
})

test('says of each long file why it was not run, and how to run it', () => {
  const [inside, whole] = notRunLines([{ file: 'a.test.ts', notRun: ['no data'] }], [long])
  equal(inside, 'not run: a.test.ts: no data')
  match(whole ?? '', `not run: ${long.file}: long: a leap of 30 s; npm test -- --long ${long.file}`)
})

test('lists the slowest ten where many files ran', () => {
  const outcomes = Array.from({ length: 25 }, (_, index) => ({ file: `${index}.test.ts`, seconds: index }))
  equal(slowest(outcomes.slice(0, 5)), [])
  const lines = slowest(outcomes)
  equal(lines.length, 10)
  match(lines[0] ?? '', /24\.0 s 24\.test\.ts/)
})

test.run()
