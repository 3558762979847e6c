import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Lan } from './lan.ts'
import { waitUntil } from './wait-until.ts'

const program = path.resolve(import.meta.dirname, '../../packages/cli/bin/medchain.js')
const END_TIMEOUT_MS = 30_000
const ANSWER_TIMEOUT_MS = 5000

/** What `/v1/status` says, as far as it is looked at here. */
export interface NodeStatus {
  readonly height: number
  readonly headHash: string
  readonly stateRoot: string
  readonly round: number
  readonly proposer: string
  readonly institution: string
  readonly validators: readonly string[]
  readonly peers: number
  readonly syncing: boolean
  readonly abstaining: string | null
  readonly evidence: number
}

/** A real `medchain node start` on one host. */
export interface Daemon {
  readonly name: string
  readonly host: number
  readonly home: string
  readonly url: string
  /** Does not wait for anything. */
  readonly start: () => void
  readonly isRunning: () => boolean
  readonly exitCode: () => number | null
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' | 'SIGKILL') => void
  /** Resolves once the process is gone. */
  readonly end: (name: 'SIGTERM' | 'SIGKILL') => Promise<number | null>
  /** Undefined when the node is silent. */
  readonly status: () => Promise<NodeStatus | undefined>
  readonly get: <T>(route: string) => Promise<T>
  readonly isReady: () => Promise<boolean>
  readonly log: () => Promise<string>
}

const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MEDCHAIN_')))

export const createDaemon = (
  lan: Lan,
  { name, host, home, apiPort }: { name: string; host: number; home: string; apiPort: number },
): Daemon => {
  const url = `http://${lan.apiHost(host)}:${apiPort}`
  // The home may stand on a disk that is made full.
  const logFile = `${home}.log`
  let child: ChildProcess | undefined
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null
  const request = (route: string, timeoutMs: number): Promise<Response> =>
    fetch(`${url}${route}`, { signal: AbortSignal.timeout(timeoutMs) })
  const get = async <T>(route: string): Promise<T> => {
    const response = await request(route, ANSWER_TIMEOUT_MS)
    if (!response.ok) throw new Error(`${name}: ${route}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    name,
    host,
    home,
    url,
    start: () => {
      const log = openSync(logFile, 'a', 0o600)
      const [command = '', ...args] = lan.on(host, [
        process.execPath,
        program,
        'node',
        'start',
        '--home',
        home,
      ])
      child = spawn(command, args, { stdio: ['ignore', log, log], env: surroundings() })
      closeSync(log)
    },
    isRunning,
    exitCode: () => child?.exitCode ?? null,
    signal: (signal) => void child?.kill(signal),
    end: async (signal) => {
      if (isRunning()) {
        child?.kill(signal)
        await waitUntil(`${name} ends`, () => !isRunning(), { timeoutMs: END_TIMEOUT_MS })
      }
      return child?.exitCode ?? null
    },
    status: () => get<NodeStatus>('/v1/status').catch(() => undefined),
    get,
    isReady: async () =>
      request('/ready', 1000).then(
        async (response) => {
          await response.arrayBuffer()
          return response.ok
        },
        () => false,
      ),
    log: () => readFile(logFile, 'utf8'),
  }
}
