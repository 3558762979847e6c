import { type ParseArgsConfig, parseArgs } from 'node:util'
import { endOnSignals } from './ended-by-signals.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** The values of known options; anything else is refused by one sentence. */
export const parseOptions = <T extends Options>(
  argv: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] | string => {
  try {
    return parseArgs({ args: [...argv], options }).values
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/)
    return `${sentence.replace(/\.$/, '')}; --help lists what there is.`
  }
}

/** A number above 0 and up to `max`. */
export const positive = (text: string, max: number): number | undefined => {
  const value = Number(text)
  return text.trim() !== '' && value > 0 && value <= max ? value : undefined
}

const end = (code: number, text: string): never => {
  if (code === 0) console.log(text)
  else console.error(text)
  process.exit(code)
}

/** Of a program with a few numbers as options: each with its default, in whole numbers from 1, and switches. */
export interface SmallProgram<N extends string, S extends string> {
  readonly help: string
  readonly numbers: Readonly<Record<N, number>>
  readonly switches: readonly S[]
}

const WHOLE_MAX = 10_000_000

/** What the process was asked for; help and refusals end it, with 0 and 2. */
export const askedOrEnd = <N extends string, S extends string = never>({
  help,
  numbers,
  switches,
}: SmallProgram<N, S>): Readonly<Record<N, number> & Record<S, boolean>> => {
  endOnSignals()
  const names = Object.keys(numbers) as N[]
  const options: Options = Object.fromEntries([
    ...names.map((name) => [name, { type: 'string' }] as const),
    ...[...switches, 'help'].map((name) => [name, { type: 'boolean' }] as const),
  ])
  const values = parseOptions(process.argv.slice(2), options)
  if (typeof values === 'string') return end(2, values)
  if (values['help']) return end(0, help)
  const asked = names.map((name) => {
    const value = positive(String(values[name] ?? numbers[name]), WHOLE_MAX)
    if (value === undefined || !Number.isInteger(value))
      return end(2, `--${name} takes a whole number from 1 to ${WHOLE_MAX}.`)
    return [name, value] as const
  })
  return Object.fromEntries([...asked, ...switches.map((name) => [name, values[name] === true])])
}
