import path from 'node:path'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { type Outcome, runFile } from '../../scripts/run-tests/run-file.ts'

const run = (name: string, timeoutMs = 60_000): Promise<Outcome> =>
  runFile(path.join(import.meta.dirname, 'fixtures'), {
    file: `${name}.ts`,
    timeoutMs,
    needsTsx: false,
    heavy: false,
  })

test('counts what passed and lists what could not run', async () => {
  const { passed, failed, notRun, problem } = await run('passes')
  equal(
    { passed, failed, notRun, problem },
    {
      passed: 1,
      failed: 0,
      notRun: ['no moon tonight', 'no sun either'],
      problem: undefined,
    },
  )
})

test('counts a failing test once', async () => {
  const { passed, failed, output } = await run('fails')
  equal({ passed, failed }, { passed: 1, failed: 1 })
  match(output, 'as it should')
})

test('fails a file that forgets test.run()', async () => {
  const { failed, problem } = await run('forgets-run')
  equal(failed, 1)
  match(problem ?? '', 'reported no tests')
})

test('kills a file that hangs', async () => {
  const { failed, seconds, problem } = await run('hangs', 1000)
  equal(failed, 1)
  ok(seconds < 30)
  match(problem ?? '', 'was killed')
})

test('fails a file that leaves a process behind, and ends that process', async () => {
  const { failed, problem } = await run('leaves-process')
  equal(failed, 1)
  match(problem ?? '', 'left processes running')
})

test('does not wait for a daemon that outlives the test', async () => {
  const { passed, seconds } = await run('leaves-daemon')
  equal(passed, 1)
  ok(seconds < 6, `waited ${seconds} s`)
})

test.run()
