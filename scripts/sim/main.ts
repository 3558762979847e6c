// npm run sim -- --seed N [--short] | --runs M [--from N] [--short] | --minutes N
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runSeed } from '../../packages/core/test/sim/run-seed.ts'
import { runCrew, simulator } from './crew.ts'
import { createSummary } from './summary.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    short: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const replay = (seed: number): boolean => {
  const { violation, ...report } = runSeed(seed, {
    isShort: values.short,
    trace: values.quiet ? undefined : say,
  })
  say(
    `${report.heights} heights, ${report.laterRounds} in rounds above zero, ${report.transactions} transactions`,
  )
  say(violation === undefined ? 'no rule was broken' : `seed ${seed}: ${violation.message}`)
  return violation === undefined
}

/** Seeds between two lines about how far a long run is. */
const PROGRESS_SEEDS = 500

const runMany = async (): Promise<boolean> => {
  const from = Number(values.from)
  const endMs =
    performance.now() + (values.minutes === undefined ? Infinity : Number(values.minutes) * 60_000)
  const last = values.minutes === undefined ? from + Number(values.runs ?? 200) - 1 : Infinity
  const summary = createSummary()
  let seed = from - 1
  let done = 0
  let isInterrupted = false
  process.once('SIGINT', () => {
    isInterrupted = true
  })
  await runCrew({
    simulator,
    workers: Number(values.jobs),
    isShort: values.short,
    next: () => {
      if (isInterrupted || seed >= last || performance.now() > endMs) return undefined
      seed += 1
      return seed
    },
    onReport: (report) => {
      summary.add(report)
      done += 1
      if (done % PROGRESS_SEEDS === 0) say(`${done} seeds in ${Math.round(performance.now() / 1000)} s`)
      const again = `npm run sim -- --seed ${report.seed}${values.short ? ' --short' : ''}`
      if (report.violation) say(`${report.violation.message}\n  replay: ${again}`)
    },
  })
  for (const line of summary.lines()) say(line)
  return summary.isGood()
}

const isGood = values.seed === undefined ? await runMany() : replay(Number(values.seed))
process.exitCode = isGood ? 0 : 1
