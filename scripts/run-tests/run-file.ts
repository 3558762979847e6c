import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { groupEnds, killGroup } from './process-group.ts'
import type { TestFile } from './test-file.ts'
import { type Report, readReport } from './uvu-report.ts'

export interface Outcome extends Report {
  readonly file: string
  readonly seconds: number
  /** Why the file as a whole failed, beside or instead of failing tests. */
  readonly problem?: string
  readonly output: string
}

interface Ending {
  readonly code: number | null
  readonly timedOut: boolean
  readonly leftBehind: boolean
}

const outputLimit = 4_000_000
const graceMs = 1000
const compileCache = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled-tests')
const running = new Set<ChildProcess>()

/** Runs one test file in a process group of its own and reads its report; the group is gone afterwards. */
export async function runFile(root: string, test: TestFile): Promise<Outcome> {
  const started = performance.now()
  const args = ['--conditions=medchain-source', ...(test.needsTsx ? ['--import', 'tsx'] : []), test.file]
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: testEnvironment(root),
  })
  running.add(child)
  let output = ''
  const collect = (chunk: string) => {
    output = (output + chunk).slice(-outputLimit)
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  const ending = await endOf(child, test.timeoutMs)
  running.delete(child)
  const report = readReport(output)
  const problem = problemOf(ending, report, test)
  const failed = (report?.failed ?? 0) + (problem === undefined || report?.failed ? 0 : 1)
  const seconds = (performance.now() - started) / 1000
  return {
    file: test.file,
    seconds,
    output,
    problem,
    passed: report?.passed ?? 0,
    failed,
    notRun: report?.notRun ?? [],
  }
}

/** Ends whatever is still running, for an interrupted run. */
export function killAll(): void {
  for (const child of running) killGroup(child)
}

function problemOf(ending: Ending, report: Report | undefined, test: TestFile): string | undefined {
  if (ending.timedOut) return `did not end within ${test.timeoutMs / 1000} s and was killed`
  if (report === undefined) return `reported no tests (exit ${ending.code}): is test.run() missing?`
  if (ending.leftBehind) return 'left processes running'
  if (ending.code !== 0) return `ended with exit code ${ending.code}`
  return undefined
}

function endOf(child: ChildProcess, timeoutMs: number): Promise<Ending> {
  return new Promise((resolve) => {
    let timedOut = false
    let cleared = Promise.resolve(true)
    const timer = setTimeout(() => {
      timedOut = true
      killGroup(child)
    }, timeoutMs)
    child.on('error', () => resolve({ code: null, timedOut, leftBehind: false }))
    child.on('exit', () => {
      clearTimeout(timer)
      cleared = groupEnds(child, graceMs)
      cleared.then(() => {
        killGroup(child)
        setTimeout(() => closePipes(child), graceMs).unref()
      })
    })
    // After the group is gone its pipes close, and with them this event comes.
    child.on('close', async (code) => resolve({ code, timedOut, leftBehind: !(await cleared) }))
  })
}

/** A daemon in a group of its own may hold the test's output open for ever. */
function closePipes(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

function testEnvironment(root: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NO_COLOR: '1',
    // tsx takes its JSX settings from here.
    TSX_TSCONFIG_PATH: path.join(root, 'tsconfig.tests.json'),
  }
  // Compiled code is kept from one file to the next; it would blur what coverage counts.
  if (env['NODE_V8_COVERAGE'] === undefined) env['NODE_COMPILE_CACHE'] = compileCache
  for (const name of Object.keys(env)) {
    if (name.startsWith('MEDCHAIN_') && name !== 'MEDCHAIN_TEST_DATA') delete env[name]
  }
  delete env['FORCE_COLOR']
  return env
}
