import { open } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '../../command-error.ts'
import { printable } from '../../format/printable.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'

const DEFAULT_LINES = 50
const LINES_MAX = 100_000
const TAIL_BYTES = 4 * 1024 * 1024
const POLL_MS = 200

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const SHOWN_APART = new Set(['level', 'time', 'part', 'msg', 'pid', 'hostname', 'institution'])

/** One line of JSON log as a person reads it; any other line as it stands. */
export const logLineText = (line: string): string => {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line)
  } catch {
    return printable(line)
  }
  const { time, level, part, msg } = entry
  const rest = Object.entries(entry)
    .filter(([name]) => !SHOWN_APART.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const words = [
    String(time ?? ''),
    LEVELS[Number(level)] ?? String(level ?? ''),
    part ? `${part}:` : '',
    String(msg ?? ''),
  ]
  return printable([...words, ...rest].filter((word) => word !== '').join(' '))
}

const linesOption = (text: string | undefined): number => {
  const lines = text === undefined ? DEFAULT_LINES : /^\d{1,6}$/.test(text) ? Number(text) : -1
  return lines >= 0 && lines <= LINES_MAX
    ? lines
    : fail('usage.number', `--lines is a whole number up to ${LINES_MAX}.`)
}

/** The end of the daemon's log file, and what follows if asked. */
export const showLogs: CommandAction = async (context, input) => {
  const file = path.join(context.options.home, 'node.log')
  const wanted = linesOption(textOption(input, 'lines'))
  const handle = await open(file).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT'
      ? fail(
          'node.log-not-found',
          `There is no log file ${file}.`,
          'A daemon started in the foreground logs to its terminal or service manager.',
        )
      : Promise.reject(error),
  )
  try {
    let at = Math.max(0, (await handle.stat()).size - TAIL_BYTES)
    const read = async (): Promise<string> => {
      const { size } = await handle.stat()
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(Math.max(0, size - at)),
        0,
        Math.max(0, size - at),
        at,
      )
      at += bytesRead
      return buffer.toString('utf8', 0, bytesRead)
    }
    const lines = (await read())
      .split('\n')
      .filter((line) => line !== '')
      .slice(wanted === 0 ? Number.MAX_SAFE_INTEGER : -wanted)
    if (!isSet(input, 'follow')) return { json: { file, lines }, text: lines.map(logLineText).join('\n') }
    for (const line of lines) context.emit(line, logLineText(line))
    let rest = ''
    const timer = setInterval(async () => {
      const parts = (rest + (await read())).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) context.emit(line, logLineText(line))
    }, POLL_MS)
    await context.untilInterrupted()
    clearInterval(timer)
    return undefined
  } finally {
    await handle.close()
  }
}
