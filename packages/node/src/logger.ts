import { type Logger as PinoLogger, pino } from 'pino'
import type { LogLevel } from './log-levels.ts'

export type Logger = PinoLogger

/** Names under which a secret could ever be logged; their values never leave the process. */
const SECRET_NAMES = ['passphrase', 'seed', 'secret', 'token', 'password', 'authorization', 'keys']

const LEVEL_NAMES: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR' }

const isPlain = (name: string): boolean => !['level', 'time', 'msg', 'part', 'institution'].includes(name)

/** One log line of JSON as a person reads it on a terminal. */
export const prettyLine = (line: string): string => {
  const entry = JSON.parse(line) as Record<string, unknown>
  const time = String(entry['time']).slice(11, 23)
  const level = LEVEL_NAMES[Number(entry['level'])] ?? String(entry['level'])
  const fields = Object.entries(entry)
    .filter(([name]) => isPlain(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const part = entry['part'] === undefined ? '' : `${String(entry['part'])}: `
  return `${[time, level.padEnd(5), `${part}${String(entry['msg'] ?? '')}`, ...fields].join(' ')}\n`
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Set on every line, so that the logs of several nodes can be told apart. */
  readonly institution?: string
  readonly write?: (line: string) => void
  readonly isTerminal?: boolean
}

/** JSON lines, or one readable line an entry on a terminal. */
export const createLogger = (options: LoggerOptions): Logger => {
  const { level, institution } = options
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const isTerminal = options.isTerminal ?? (options.write === undefined && process.stdout.isTTY === true)
  return pino(
    {
      level,
      base: institution === undefined ? null : { institution },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]),
        censor: '[secret]',
      },
    },
    { write: (line: string) => write(isTerminal ? prettyLine(line) : line) },
  )
}
