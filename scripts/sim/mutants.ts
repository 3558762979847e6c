// npm run sim:mutants: every deliberate break of the core must be caught by some seed.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type SeedReport, scenarioOf } from '../../packages/core/test/sim/run-seed.ts'
import { root, runCrew } from './crew.ts'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutant-list.ts'
import { readCaught, writeCaught } from './mutant-seeds.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', default: '' },
    // Writes down which seed caught which mutant, for the next time.
    remember: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** A copy of the core, with the simulator, that the tree knows nothing of. */
const copyCore = (mutant: Mutant | undefined): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'medchain-mutant-'))
  const core = path.join(folder, 'packages/core')
  cpSync(path.join(root, 'packages/core/src'), path.join(core, 'src'), { recursive: true })
  cpSync(path.join(root, 'packages/core/test/sim'), path.join(core, 'test/sim'), { recursive: true })
  cpSync(path.join(root, 'packages/core/package.json'), path.join(core, 'package.json'))
  symlinkSync(path.join(root, 'packages/core/node_modules'), path.join(core, 'node_modules'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  if (mutant === undefined) return folder
  const file = path.join(core, 'src', mutant.file)
  const source = readFileSync(file, 'utf8')
  const parts = source.split(mutant.from)
  if (parts.length !== 2) {
    rmSync(folder, { recursive: true })
    throw new Error(`«${mutant.name}»: its place in ${mutant.file} is there ${parts.length - 1} times`)
  }
  writeFileSync(file, parts.join(mutant.to))
  return folder
}

const caughtBy = new Map(readCaught())

/** The one that caught it the last time, then those in which the broken part comes into play, then all others. */
const seedsFor = ({ name, likely }: Mutant, count: number): readonly number[] => {
  const last = caughtBy.get(name)
  const others = othersFor(likely, count).filter((seed) => seed !== last)
  return last === undefined ? others : [last, ...others]
}

const othersFor = (likely: Mutant['likely'], count: number): readonly number[] => {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  if (likely === undefined) return all
  // Among later seeds, too: the sooner one catches it, the better.
  const wide = Array.from({ length: 4 * count }, (_, index) => index + 1)
  const first = wide.filter((seed) => likely(scenarioOf(seed, true))).slice(0, count)
  return [...first, ...all.filter((seed) => !first.includes(seed))].slice(0, count)
}

/** The first seed that breaks a rule in the copy. */
const hunt = async (
  folder: string,
  seeds: readonly number[],
  scenario: Mutant['scenario'],
): Promise<SeedReport | undefined> => {
  let tried = 0
  let caught: SeedReport | undefined
  await runCrew({
    simulator: path.join(folder, 'packages/core/test/sim/run-seed.ts'),
    workers: 1,
    isShort: true,
    scenario,
    next: () => {
      if (caught !== undefined) return undefined
      tried += 1
      return seeds[tried - 1]
    },
    onReport: (report) => {
      if (report.violation) caught ??= report
    },
  })
  return caught
}

const survivors: string[] = []
const queue = MUTANTS.filter(({ name }) => name.includes(values.only))

const work = async (): Promise<void> => {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const folder = copyCore(mutant)
    const caught = await hunt(folder, seedsFor(mutant, Number(values.seeds)), mutant.scenario)
    rmSync(folder, { recursive: true, force: true })
    // A mutant that cannot run proves nothing.
    const isBroken = /^(Reference|Syntax|Type)Error/.test(caught?.violation?.message ?? '')
    if (caught === undefined || isBroken) survivors.push(mutant.name)
    else caughtBy.set(mutant.name, caught.seed)
    const [message] = (caught?.violation?.message ?? '').split('\n')
    say(
      caught
        ? `seed ${caught.seed} caught «${mutant.name}»: ${message?.slice(0, 120)}`
        : `SURVIVED: ${mutant.name}`,
    )
  }
}

const startedMs = performance.now()
await Promise.all(Array.from({ length: Number(values.jobs) }, work))
say(
  survivors.length === 0
    ? `every mutant was caught: ${MUTANTS.filter(({ name }) => name.includes(values.only)).length} in ${Math.round((performance.now() - startedMs) / 1000)} s`
    : `${survivors.length} survived: ${survivors.join('; ')}`,
)
if (values.remember) writeCaught(MUTANTS.map(({ name }) => [name, caughtBy.get(name)]))
process.exitCode = survivors.length === 0 ? 0 : 1
