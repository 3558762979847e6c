import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { equal, ok } from 'uvu/assert'

export const root = path.resolve(import.meta.dirname, '../..')
export const program = path.join(root, 'packages/cli/bin/medchain.js')

/** Where a command is typed: a home, the node it talks to, and the file with the passphrase. */
export interface Seat {
  readonly home: string
  readonly url: string
  readonly passphraseFile?: string | undefined
}

export interface RunOptions {
  /** What standard input holds. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** After this the command is killed; two minutes unless told. */
  readonly timeoutMs?: number
  readonly onStart?: (child: ChildProcess) => void
}

/** How a command ended. */
export interface CommandEnd {
  readonly command: string
  /** -1 when it was killed. */
  readonly code: number
  readonly bytes: Buffer
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface ErrorDocument {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

const TIMEOUT_MS = 120_000

const surroundings = (): NodeJS.ProcessEnv => {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
  for (const name of Object.keys(env)) if (name.startsWith('MEDCHAIN_')) delete env[name]
  return env
}

const seatArgs = (seat: Seat | undefined): string[] =>
  seat === undefined
    ? []
    : [
        ...['--home', seat.home, '--node', seat.url],
        ...(seat.passphraseFile === undefined ? [] : ['--passphrase-file', seat.passphraseFile]),
      ]

/** Runs one real command to its end. */
export const run = (
  seat: Seat | undefined,
  args: readonly string[],
  { input, env, timeoutMs = TIMEOUT_MS, onStart }: RunOptions = {},
): Promise<CommandEnd> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, [program, ...seatArgs(seat), ...args], {
      cwd: root,
      env: { ...surroundings(), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin?.on('error', () => undefined).end(input)
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      const bytes = Buffer.concat(out)
      resolve({
        command: `medchain ${args.join(' ')}`,
        code: code ?? -1,
        bytes,
        stdout: bytes.toString(),
        stderr: Buffer.concat(err).toString(),
        seconds: (performance.now() - started) / 1000,
      })
    })
    onStart?.(child)
  })

const shorten = (text: string): string => (text.length > 2000 ? `${text.slice(0, 2000)} …` : text)

export const describeEnd = ({ command, code, stdout, stderr }: CommandEnd): string =>
  `${command}\nexit code ${code}\n${shorten(stdout)}${shorten(stderr)}`

/** The one JSON document on standard output. */
export const jsonOf = <T>(end: CommandEnd): T => {
  try {
    return JSON.parse(end.stdout) as T
  } catch {
    throw new Error(`not one JSON document on standard output: ${describeEnd(end)}`)
  }
}

/** Runs a command with --json that must end with this exit code; its document. */
export const ask = async <T>(
  seat: Seat | undefined,
  args: readonly string[],
  { exitCode = 0, ...options }: RunOptions & { readonly exitCode?: number } = {},
): Promise<T> => {
  const end = await run(seat, [...args, '--json'], options)
  ok(end.code === exitCode, `exit code ${exitCode} was due: ${describeEnd(end)}`)
  return jsonOf<T>(end)
}

const stackTrace = /^\s+at .+[:(]\d+|node:internal|\(node:|\.[jt]sx?:\d+:\d+/m

/** No stack trace, and on standard error nothing but sentences. */
export const assertCivil = (end: CommandEnd): void => {
  ok(!stackTrace.test(`${end.stdout}\n${end.stderr}`), `a stack trace: ${describeEnd(end)}`)
}

/** Runs a command that must be refused: with this exit code and error code, one sentence, no stack trace. */
export const refused = async (
  seat: Seat | undefined,
  args: readonly string[],
  expected: { readonly exitCode: number; readonly code: string | RegExp },
  options: RunOptions = {},
): Promise<ErrorDocument> => {
  const end = await run(seat, [...args, '--json'], options)
  ok(end.code === expected.exitCode, `exit code ${expected.exitCode} was due: ${describeEnd(end)}`)
  assertCivil(end)
  const { error } = jsonOf<{ readonly error: ErrorDocument }>(end)
  if (typeof expected.code === 'string') equal(error.code, expected.code, describeEnd(end))
  else ok(expected.code.test(error.code), `${error.code} where ${expected.code} was due: ${describeEnd(end)}`)
  ok(/^[^\n]{5,}$/.test(error.message), `not one sentence: ${error.message}`)
  return error
}
