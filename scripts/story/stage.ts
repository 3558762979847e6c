import { spawn } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const medchain = path.join(root, 'packages/cli/bin/medchain.js')

/** Where a person of the story sits: their own home and their institution's node. */
export interface Seat {
  readonly home: string
  readonly nodeUrl: string
  readonly passphrase: string
}

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const quoted = (argument: string): string => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument}'`)

/** Runs one real command and waits for its end; nothing is printed. */
export const runCommand = (seat: Seat | undefined, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [medchain, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NO_COLOR: '1',
        ...(seat && {
          MEDCHAIN_HOME: seat.home,
          MEDCHAIN_NODE: seat.nodeUrl,
          MEDCHAIN_PASSPHRASE: seat.passphrase,
        }),
      },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ exitCode: code ?? 1, stdout, stderr }))
  })

const indent = (text: string, linesMax: number): string => {
  const lines = text.trimEnd().split('\n')
  const shown = lines.slice(0, linesMax).map((line) => `    ${line}`)
  return [...shown, ...(lines.length > linesMax ? [`    … ${lines.length - linesMax} more lines`] : [])].join(
    '\n',
  )
}

export const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Shows a command and what it printed; any other exit code than the expected one ends the story. */
export const show = async (
  seat: Seat | undefined,
  args: readonly string[],
  { expect = 0, lines = 12 }: { expect?: number; lines?: number } = {},
): Promise<Outcome> => {
  say(`  $ medchain ${args.map(quoted).join(' ')}`)
  const outcome = await runCommand(seat, args)
  const text = `${outcome.stdout}${outcome.exitCode === 0 ? '' : outcome.stderr}`
  if (text.trim()) say(indent(text, lines))
  if (outcome.exitCode !== expect) {
    throw new Error(
      `exit code ${outcome.exitCode} where ${expect} was due\n${outcome.stdout}${outcome.stderr}`,
    )
  }
  if (expect !== 0) say(`    (exit code ${expect}, as it must be)`)
  return outcome
}

/** The JSON document that a command prints; it must succeed unless `expect` says otherwise. */
export const ask = async <T>(seat: Seat | undefined, args: readonly string[], expect = 0): Promise<T> => {
  const outcome = await runCommand(seat, [...args, '--json'])
  if (outcome.exitCode !== expect) {
    throw new Error(
      `medchain ${args.join(' ')}: exit code ${outcome.exitCode}\n${outcome.stdout}${outcome.stderr}`,
    )
  }
  return JSON.parse(outcome.stdout) as T
}
