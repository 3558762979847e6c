import { mkdirSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { measureCeiling } from './machine/ceiling.ts'
import type { BenchOptions } from './options.ts'
import { profileTable } from './profile/profile-table.ts'
import { readProfiles } from './profile/self-times.ts'
import type { Figure } from './report/figure.ts'
import { appendHistory } from './report/history.ts'
import { ceilingText, tableOf } from './report/table.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { MeasuredSpan, Scenario } from './scenarios/scenario.ts'

const EVER: MeasuredSpan = {
  name: 'from start to end',
  fromUs: 0,
  toUs: Number.POSITIVE_INFINITY,
  committed: 0,
}

const runScenario = async (
  name: string,
  { isQuick, spanMs, warmUpMs, rates, profileFolder }: BenchOptions,
): Promise<readonly Figure[]> => {
  console.log(name)
  const spans: MeasuredSpan[] = []
  const folder = profileFolder === undefined ? undefined : path.join(profileFolder, name)
  const figures = await (SCENARIOS[name] as Scenario)({
    ...{ isQuick, spanMs, warmUpMs, rates },
    runtimeFlags: folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`],
    say: (line) => console.log(`  ${line}`),
    onSpan: (span) => spans.push(span),
  })
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true })
    const profiles = await readProfiles(folder)
    for (const span of spans.length > 0 ? spans : [EVER])
      console.log(`\n${name}, ${profileTable(profiles, span)}`)
    console.log(`\nprofiles in ${folder}\n`)
  }
  return figures
}

/** Measures the machine, then what was asked for, and prints all of it; `loadBefore` is the load average at the start. */
export const runBench = async (options: BenchOptions, loadBefore: number): Promise<void> => {
  if (options.profileFolder !== undefined) {
    mkdirSync(options.profileFolder, { recursive: true })
    if (readdirSync(options.profileFolder).length > 0) {
      console.error(
        `There is something in ${options.profileFolder} already; choose an empty folder for the profiles.`,
      )
      process.exitCode = 2
      return
    }
  }
  const ceiling = await measureCeiling(availableParallelism())
  console.log(ceilingText(ceiling))
  if (loadBefore > 0.5)
    console.log(`The machine is busy with other work (load ${loadBefore.toFixed(1)}): every figure suffers.`)
  const figures: Figure[] = []
  for (const name of options.scenarios) figures.push(...(await runScenario(name, options)))
  console.log(`\n${tableOf(figures, ceiling)}`)
  if (options.isRecorded)
    console.log(
      `recorded in ${await appendHistory(figures, ceiling, { isQuick: options.isQuick, loadBefore })}`,
    )
}
