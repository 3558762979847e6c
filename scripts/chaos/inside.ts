// The first process of an enclosure: plays one scenario, then ends, and everything in there with it.
import { parseArgs } from 'node:util'
import { isWithin, loadOfMachine, tableOf } from './figures.ts'
import { SCENARIOS } from './scenarios/all-scenarios.ts'
import { Violation } from './violation.ts'

const INTERRUPTED = 130
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '90' },
    rate: { type: 'string', default: '200' },
    dir: { type: 'string', default: '' },
  },
})
const name = values.scenario
const seed = Number(values.seed)
const startedAtMs = performance.now()

const say = (text: string): void => {
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)
  process.stdout.write(`${seconds} s  ${text}\n`)
}

process.stdin.on('end', () => process.exit(INTERRUPTED)).resume()

const play = async (): Promise<number> => {
  const scenario = SCENARIOS[name]
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.`)
  const loadBefore = loadOfMachine()
  const figures = await scenario({
    dir: values.dir,
    seed,
    seconds: Number(values.seconds),
    perSecond: Number(values.rate),
    say,
  })
  const machine = { loadBefore, loadAfter: loadOfMachine() }
  process.stdout.write(`${tableOf(figures)}\n`)
  const pairs = figures.map((figure) => [figure.name, Math.round(figure.value * 100) / 100])
  process.stdout.write(
    `${JSON.stringify({ scenario: name, seed, ...Object.fromEntries(pairs), ...machine })}\n`,
  )
  return figures.every(isWithin) ? 0 : 1
}

try {
  process.exit(await play())
} catch (error) {
  const text = error instanceof Violation || !(error instanceof Error) ? String(error) : error.stack
  process.stdout.write(`\n${text}\n`)
  process.exit(1)
}
