import { mkdirSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { measureCeiling } from './machine/ceiling.ts'
import type { BenchOptions } from './options.ts'
import { profileTable } from './profile/profile-table.ts'
import { readProfiles } from './profile/self-times.ts'
import type { Figure } from './report/figure.ts'
import { appendRun, readHistory } from './report/history.ts'
import { type RunResults, recordOf } from './report/run-record.ts'
import { ceilingText, tableOf } from './report/table.ts'
import { writeDocument } from './report/write-document.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { createLender, type Lender } from './scenarios/lender.ts'
import type { MeasuredSpan, Scenario } from './scenarios/scenario.ts'

const EVER: MeasuredSpan = {
  name: 'from start to end',
  fromUs: 0,
  toUs: Number.POSITIVE_INFINITY,
  committed: 0,
}
const BUSY_LOAD = 0.5

interface Ran {
  readonly figures: readonly Figure[]
  readonly spans: readonly MeasuredSpan[]
}

const printProfiles = async (name: string, folder: string, spans: readonly MeasuredSpan[]): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  const profiles = await readProfiles(folder)
  for (const span of spans.length > 0 ? spans : [EVER])
    console.log(`\n${name}, ${profileTable(profiles, span)}`)
  console.log(`\nprofiles in ${folder}\n`)
}

const runScenario = async (name: string, options: BenchOptions, lender: Lender): Promise<Ran> => {
  console.log(name)
  const { isQuick, spanMs, warmUpMs, rates, mix, profileFolder } = options
  const spans: MeasuredSpan[] = []
  const folder = profileFolder === undefined ? undefined : path.join(profileFolder, name)
  const figures = await (SCENARIOS[name] as Scenario)({
    ...{ isQuick, spanMs, warmUpMs, rates, mix, lender },
    // Joined modules would not tell their rooms apart.
    runtimeFlags:
      folder === undefined ? [] : ['--conditions=medchain-modules', '--cpu-prof', `--cpu-prof-dir=${folder}`],
    say: (line) => console.log(`  ${line}`),
    onSpan: (span) => spans.push(span),
  })
  if (folder !== undefined) await printProfiles(name, folder, spans)
  return { figures, spans }
}

const record = async (results: RunResults): Promise<void> => {
  await appendRun(recordOf(results))
  await writeDocument(await readHistory())
  console.log('\nrecorded in bench/history.jsonl, and docs/benchmarks.md written anew')
}

const shownError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return process.env['MEDCHAIN_DEBUG'] === '1' ? (error.stack ?? error.message) : error.message
}

const isUsable = (folder: string): boolean => {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder).length === 0
}

/** Measures the machine, then what was asked for, and prints all of it; `loadBefore` is the load average at the start. */
export const runBench = async (options: BenchOptions, loadBefore: number): Promise<void> => {
  const { profileFolder } = options
  if (profileFolder !== undefined && !isUsable(profileFolder)) {
    console.error(`There is something in ${profileFolder} already; choose an empty folder for the profiles.`)
    process.exitCode = 2
    return
  }
  const startedAt = performance.now()
  const ceiling = await measureCeiling(availableParallelism())
  console.log(ceilingText(ceiling))
  if (loadBefore > BUSY_LOAD)
    console.log(`The machine is busy with other work (load ${loadBefore.toFixed(1)}): every figure suffers.`)
  // A daemon's profile belongs to one scenario.
  const lender = createLender(options.isQuick && profileFolder === undefined)
  const figures: Figure[] = []
  const loads: RunResults['loads'][number][] = []
  const failed: string[] = []
  for (const name of options.scenarios) {
    try {
      const ran = await runScenario(name, options, lender)
      figures.push(...ran.figures)
      for (const { load, name: span } of ran.spans)
        if (load !== undefined) loads.push({ scenario: name, name: span, ...load })
    } catch (error) {
      failed.push(name)
      console.error(`  failed: ${shownError(error)}`)
    }
  }
  await lender.close()
  if (figures.length > 0) console.log(`\n${tableOf(figures, ceiling)}`)
  if (failed.length > 0) {
    console.error(`\nfailed: ${failed.join(', ')}`)
    process.exitCode = 1
  }
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`)
  if (options.isRecorded) await record({ options, ceiling, loadBefore, figures, loads, failed })
}
