import path from 'node:path'
import { parseOptions, positive } from './arguments.ts'
import { EPOCHS_ALONE, KINDS, type Mix, mixFromText } from './load/mix.ts'

export interface BenchOptions {
  readonly isQuick: boolean
  readonly scenarios: readonly string[]
  readonly isRecorded: boolean
  /** Where each daemon's profile goes; absolute. */
  readonly profileFolder: string | undefined
  /** Transactions a second, in place of a scenario's own rates. */
  readonly rates: readonly number[] | undefined
  /** Of the loads' transactions. */
  readonly mix: Mix
  readonly spanMs: number
  readonly warmUpMs: number
}

/** What the arguments ask for, or the one sentence that says why they cannot be followed. */
export type Asked =
  | { readonly type: 'run'; readonly options: BenchOptions }
  | { readonly type: 'help' }
  | { readonly type: 'refused'; readonly sentence: string }

const QUICK = { spanS: 2, warmUpS: 1 }
const FULL = { spanS: 20, warmUpS: 5 }
const RATE_MAX = 100_000
const SECONDS_MAX = 3_600

const OPTIONS = {
  quick: { type: 'boolean' },
  scenario: { type: 'string' },
  record: { type: 'boolean' },
  profile: { type: 'string' },
  rates: { type: 'string' },
  mix: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export const helpText = (scenarios: readonly string[]): string => `npm run bench -- [options]

Starts four real daemons on the loopback address, gives them work at fixed rates, and prints what they did beside
what this machine itself can do. bench/README.md says how it measures.

  --scenario LIST   only these, with commas between; otherwise all of
                    ${scenarios.join(', ')}
  --quick           short spans, ${QUICK.warmUpS} + ${QUICK.spanS} s in place of ${FULL.warmUpS} + ${FULL.spanS} s, and fewer rates
  --rates LIST      transactions a second, with commas between, in place of a scenario's own rates
  --mix LIST        what the loads consist of, such as epoch=80,anchors=15,chart=5: openings of an epoch (one
                    signature), batches of ten record anchors, registrations of a chart (two signatures)
  --seconds N       length of a measured span
  --warm-up N       seconds before it that do not count
  --profile DIR     profiles of the daemons' processor time into DIR, and a table of where it went
  --record          a line for the run in bench/history.jsonl
  --help            this text

  npm run bench -- --scenario healthy --rates 200,1000 --seconds 10`

const refused = (sentence: string): Asked => ({ type: 'refused', sentence })

export const askedBy = (argv: readonly string[], known: readonly string[]): Asked => {
  const values = parseOptions(argv, OPTIONS)
  if (typeof values === 'string') return refused(values)
  if (values.help) return { type: 'help' }
  const scenarios = values.scenario?.split(',').map((name) => name.trim()) ?? known
  const unknown = scenarios.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    return refused(`There is no scenario ${unknown.join(', ') || "''"}; there are ${known.join(', ')}.`)
  if (values.record && values.profile !== undefined)
    return refused('--record and --profile do not go together: profiling costs some of the time.')
  const rates = values.rates?.split(',').map((rate) => positive(rate, RATE_MAX))
  if (rates?.includes(undefined))
    return refused(`--rates takes numbers above 0 and up to ${RATE_MAX}, with commas between.`)
  const mix = values.mix === undefined ? EPOCHS_ALONE : mixFromText(values.mix)
  if (mix === undefined)
    return refused(`--mix takes kinds with whole shares, such as ${KINDS.join('=1,')}=1.`)
  const usual = values.quick ? QUICK : FULL
  const spanS = positive(values.seconds ?? String(usual.spanS), SECONDS_MAX)
  const warmUpS = positive(values['warm-up'] ?? String(usual.warmUpS), SECONDS_MAX)
  if (spanS === undefined || warmUpS === undefined)
    return refused(`--seconds and --warm-up take a number above 0 and up to ${SECONDS_MAX}.`)
  const options = {
    isQuick: values.quick ?? false,
    scenarios,
    isRecorded: values.record ?? false,
    profileFolder: values.profile === undefined ? undefined : path.resolve(values.profile),
    rates: rates as readonly number[] | undefined,
    mix,
    spanMs: spanS * 1000,
    warmUpMs: warmUpS * 1000,
  }
  return { type: 'run', options }
}
