import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import type { LocalNode } from '../../src/index.ts'
import { eventually } from './eventually.ts'

const ENTRY = path.join(import.meta.dirname, 'run-daemon.ts')
const OUTPUT_CHARS_MAX = 200_000

export interface DaemonProcess {
  readonly node: LocalNode
  readonly start: () => void
  /** Ends the process started here, if it runs, and waits for its end. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
  readonly isRunning: () => boolean
  readonly pid: () => number | undefined
  readonly output: () => string
  /** Bytes in memory after a garbage collection, of a process started with `measuresMemory`. */
  readonly retainedBytes: () => Promise<number>
  readonly get: <T>(route: string) => Promise<T>
  readonly isReady: () => Promise<boolean>
  readonly submit: (
    transaction: Uint8Array,
    wait?: boolean,
  ) => Promise<{ txId: string; height: number | null }>
}

const REQUEST_TIMEOUT_MS = 35_000

const answerOf = async <T>(response: Response): Promise<T> => {
  const body = (await response.json()) as T & { code?: string; detail?: string }
  if (!response.ok) throw new Error(`${body.code}: ${body.detail}`)
  return body
}

export interface DaemonProcessOptions {
  readonly measuresMemory?: boolean
}

export const createDaemonProcess = (
  node: LocalNode,
  { measuresMemory = false }: DaemonProcessOptions = {},
): DaemonProcess => {
  const flags = ['--conditions=medchain-source', ...(measuresMemory ? ['--expose-gc'] : [])]
  let retained: number | undefined
  let child: ChildProcess | undefined
  let text = ''
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null
  const request = (route: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${node.apiUrl}${route}`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...init })
  return {
    node,
    isRunning,
    pid: () => child?.pid,
    start: () => {
      text = ''
      child = spawn(process.execPath, [...flags, ENTRY, node.home], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          text = (text + chunk.toString()).slice(-OUTPUT_CHARS_MAX)
          const told = /^retained (\d+)$/m.exec(chunk.toString())?.[1]
          if (told !== undefined) retained = Number(told)
        })
      }
    },
    end: async (signal) => {
      if (child && isRunning()) {
        child.kill(signal)
        await eventually(`${node.name} ends`, 20_000, async () => !isRunning())
      }
      return child?.exitCode ?? null
    },
    output: () => text,
    retainedBytes: async () => {
      retained = undefined
      child?.kill('SIGUSR2')
      await eventually(`${node.name} tells its memory`, 30_000, async () => retained !== undefined)
      return retained ?? 0
    },
    get: async (route) => answerOf(await request(route)),
    isReady: async () =>
      request('/ready', { signal: AbortSignal.timeout(1000) }).then(
        (response) => response.ok,
        () => false,
      ),
    submit: async (transaction, wait = true) =>
      answerOf(
        await request(`/v1/transactions?wait=${wait}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ transaction: Buffer.from(transaction).toString('base64') }),
        }),
      ),
  }
}
