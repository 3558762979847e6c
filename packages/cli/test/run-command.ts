import { PassThrough } from 'node:stream'
import { runProgram } from '../src/program.ts'

export interface CommandRun {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface CommandSurroundings {
  readonly env?: Readonly<Record<string, string>>
  /** What standard input holds. */
  readonly input?: string
  readonly nowMs?: number
  /** Width of the terminal. */
  readonly columns?: number
}

/** Runs one command line in this process, away from any terminal. */
export const runCommand = async (
  argv: readonly string[],
  {
    env = {},
    input = '',
    nowMs = Date.parse('2026-11-21T12:00:00Z'),
    columns = 80,
  }: CommandSurroundings = {},
): Promise<CommandRun> => {
  const stdin = new PassThrough()
  stdin.end(input)
  const streams = { stdout: Object.assign(new PassThrough(), { columns }), stderr: new PassThrough() }
  const written = { stdout: '', stderr: '' }
  streams.stdout.on('data', (chunk) => (written.stdout += chunk))
  streams.stderr.on('data', (chunk) => (written.stderr += chunk))
  const exitCode = await runProgram(argv, {
    env,
    stdin,
    ...streams,
    homeFolder: '/nonexistent',
    now: () => nowMs,
  })
  await new Promise((resolve) => setImmediate(resolve))
  return { exitCode, out: written.stdout, err: written.stderr }
}
