import path from 'node:path'
import { parseArgs } from 'node:util'
import { planRun, takeNext } from './plan.ts'
import { killAll, type Outcome, runFile } from './run-file.ts'
import { notRunLines, slowest } from './summary.ts'
import { findTestFiles, type TestFile } from './test-file.ts'

const root = path.resolve(import.meta.dirname, '../..')
const { values, positionals } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
    long: { type: 'boolean', default: process.env['CI'] === 'true' },
  },
  allowPositionals: true,
})
// For test/long.ts, in the processes of the test files.
process.env['TEST_LONG'] = String(values.long)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killAll()
    process.exit(1)
  })
}

const files = findTestFiles(root, positionals)
const SECOND_LOOKS_MAX = 3
const outcomes: Outcome[] = []
const unsteady: string[] = []
const plan = planRun(files, values.long, positionals)
// What waits for its daemons leaves a core to the others; where times are measured nothing else runs.
await runAll(plan.heavy, plan.light, Math.max(1, Number(values.jobs) || 1))
await runAll(plan.alone, [], 1)
await lookAgain()
process.exitCode = summarize()

// Many daemons on a busy machine can miss a bound that alone they keep. What fails twice has failed; what
// passes alone is named as unsteady, for someone to mend. More than three failures are no accident.
async function lookAgain(): Promise<void> {
  const broken = outcomes.filter(({ failed }) => failed > 0).map(({ file }) => file)
  if (broken.length === 0 || broken.length > SECOND_LOOKS_MAX) return
  const first = outcomes.filter(({ failed }) => failed > 0)
  for (const outcome of first) outcomes.splice(outcomes.indexOf(outcome), 1)
  console.log(`\nA second look, one at a time: ${broken.join(' ')}\n`)
  await runAll(
    files.filter(({ file }) => broken.includes(file)),
    [],
    1,
  )
  const mended = outcomes.filter(({ file, failed }) => broken.includes(file) && failed === 0)
  unsteady.push(...mended.map(({ file }) => file))
}

async function runAll(heavy: readonly TestFile[], light: readonly TestFile[], jobs: number): Promise<void> {
  const queues: [TestFile[], TestFile[]] = [[...heavy], [...light]]
  const running = new Set<TestFile>()
  const worker = async () => {
    for (let test = takeNext(...queues, running); test; test = takeNext(...queues, running)) {
      running.add(test)
      const outcome = await runFile(root, test)
      running.delete(test)
      outcomes.push(outcome)
      print(outcome)
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}

function print({ file, seconds, passed, failed, notRun, problem, output }: Outcome): void {
  const counts = [
    `${passed} passed`,
    failed > 0 && `${failed} failed`,
    notRun.length > 0 && `${notRun.length} not run`,
  ]
  console.log(
    `${failed > 0 ? 'FAIL' : 'ok  '} ${file}  ${counts.filter(Boolean).join(', ')}  ${seconds.toFixed(1)} s`,
  )
  if (failed > 0 || values.verbose) console.log(output)
  if (problem !== undefined) console.log(`${file} ${problem}\n`)
}

function summarize(): number {
  const skipped = notRunLines(outcomes, plan.left)
  const broken = outcomes.filter(({ failed }) => failed > 0).map(({ file }) => file)
  for (const line of [...slowest(outcomes), ...skipped]) console.log(line)
  for (const file of unsteady) console.log(`unsteady: ${file} failed among the others and passed alone`)
  if (broken.length > 0) console.log(`\nAgain, only what failed:\n  npm test -- ${broken.join(' ')}`)
  if (files.length === 0) console.log(`No test file matches ${positionals.join(' ')}`)
  const passed = sum(({ passed }) => passed)
  const failed = files.length === 0 ? 1 : sum(({ failed }) => failed)
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`)
  return failed > 0 ? 1 : 0
}

function sum(value: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + value(outcome), 0)
}
