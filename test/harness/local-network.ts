import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { daemonPid, daemonsBelow, isRunning, killDaemons } from './daemons.ts'
import { findBasePort } from './free-ports.ts'
import { ask, describeEnd, jsonOf, program, run, type Seat } from './run-medchain.ts'
import { waitUntil } from './wait-until.ts'

export const INSTITUTIONS = [
  'north-hospital',
  'south-hospital',
  'city-laboratory',
  'research-institute',
] as const

export type InstitutionName = (typeof INSTITUTIONS)[number]

export interface NodeStatus {
  readonly networkId: string
  readonly institution: string
  readonly role: string
  readonly height: number
  readonly headHash: string
  readonly headTimeMs: number
  readonly stateRoot: string
  readonly round: number
  readonly validators: number
  readonly isValidator: boolean
  readonly peers: number
  readonly syncing: boolean
  readonly mempool: { readonly transactions: number; readonly bytes: number }
  readonly version: string
}

/** Four real daemons on this machine, in a folder of their own. */
export interface LocalNetwork {
  readonly dir: string
  readonly homeOf: (name: InstitutionName) => string
  readonly urlOf: (name: InstitutionName) => string
  /** Where an operator of the institution sits. */
  readonly operator: (name: InstitutionName) => Seat
  readonly pidOf: (name: InstitutionName) => number | undefined
  /** SIGKILL; resolves once it is gone. */
  readonly kill: (name: InstitutionName) => Promise<void>
  /** Lets it drain and end. */
  readonly halt: (name: InstitutionName) => Promise<void>
  /** Starts a daemon that is down; resolves once it is ready. */
  readonly start: (name: InstitutionName) => Promise<void>
  /** As `node status --json --height N` prints it. */
  readonly statusAt: (name: InstitutionName, height: number) => Promise<NodeStatus>
  /** As the node answers now; undefined when it is silent. */
  readonly statusOf: (name: InstitutionName) => Promise<NodeStatus | undefined>
  readonly down: () => Promise<void>
  readonly up: () => Promise<void>
  /** Ends every daemon and removes the folder. */
  readonly remove: () => Promise<void>
}

const OFFSETS = INSTITUTIONS.flatMap((_, index) => [index, index + 100])
const PORT_TRIES = 3
const READY_TIMEOUT_MS = 90_000

const watchOver = (dir: string): (() => void) => {
  const reaper = spawn(process.execPath, [path.join(import.meta.dirname, 'reaper.ts'), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  reaper.unref()
  const pipe = reaper.stdin as Socket
  pipe.on('error', () => undefined).unref()
  return () => pipe.end()
}

const fetchJson = async <T>(url: string): Promise<T | undefined> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    return response.ok ? ((await response.json()) as T) : undefined
  } catch {
    return undefined // silent
  }
}

const isReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false // not there yet
  }
}

/** Takes part of the log into the message: it is gone with the folder. */
const endOfLog = (home: string): string => {
  try {
    return readFileSync(path.join(home, 'node.log'), 'utf8').trimEnd().split('\n').slice(-8).join('\n')
  } catch {
    return 'no log'
  }
}

/** Starts the daemon of a home; resolves once it is ready. */
export const startDaemon = async (home: string, url: string, args: readonly string[] = []): Promise<void> => {
  const log = openSync(path.join(home, 'node.log'), 'a', 0o600)
  const child = spawn(process.execPath, [program, 'node', 'start', '--home', home, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  const state = await waitUntil(
    `${home} ready`,
    async () =>
      child.exitCode !== null || child.signalCode !== null ? 'ended' : (await isReady(url)) && 'ready',
    { timeoutMs: READY_TIMEOUT_MS },
  ).catch(() => 'not ready')
  if (state !== 'ready') throw new Error(`${home} is ${state}\n${endOfLog(home)}`)
}

const gone = (pid: number): Promise<true> =>
  waitUntil(`process ${pid} gone`, () => !isRunning(pid), { timeoutMs: 30_000 })

/** Runs a command without a seat that must succeed. */
const mustRun = async (args: readonly string[]): Promise<void> => {
  const end = await run(undefined, args)
  if (end.code !== 0) throw new Error(describeEnd(end))
}

const makeHomes = async (dir: string): Promise<readonly string[]> => {
  for (let tries = 1; ; tries++) {
    const base = await findBasePort(OFFSETS)
    await mustRun(['network', 'local', '--validators', '4', '--dir', dir, '--base-port', String(base)])
    const end = await run(undefined, ['network', 'up', '--dir', dir, '--detach', '--json'])
    if (end.code === 0) return INSTITUTIONS.map((_, index) => `http://127.0.0.1:${base + index}`)
    const isTaken = jsonOf<{ error: { message: string } }>(end).error.message.includes('port-taken')
    if (!isTaken || tries === PORT_TRIES) {
      const logs = INSTITUTIONS.map((name) => `${name}:\n${endOfLog(path.join(dir, name))}`)
      throw new Error(`${describeEnd(end)}\n${logs.join('\n')}`)
    }
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Makes and starts a network with `network local` and `network up`, on free ports, in a folder below the system's. */
export const startNetwork = async (): Promise<LocalNetwork> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'medchain-test-'))
  const dismiss = watchOver(dir)
  const urls = await makeHomes(dir)
  const homeOf = (name: InstitutionName): string => path.join(dir, name)
  const urlOf = (name: InstitutionName): string => urls[INSTITUTIONS.indexOf(name)] ?? ''
  const operator = (name: InstitutionName): Seat => ({ home: homeOf(name), url: urlOf(name) })
  const pidOf = (name: InstitutionName): number | undefined => daemonPid(homeOf(name))
  return {
    dir,
    homeOf,
    urlOf,
    operator,
    pidOf,
    kill: async (name) => {
      const pid = pidOf(name)
      if (pid === undefined) return
      killDaemons([pid])
      await gone(pid)
    },
    halt: async (name) => {
      const pid = pidOf(name)
      await mustRun(['node', 'stop', '--home', homeOf(name)])
      if (pid !== undefined) await gone(pid)
    },
    start: (name) => startDaemon(homeOf(name), urlOf(name)),
    statusAt: (name, height) =>
      ask<NodeStatus>(operator(name), ['node', 'status', '--height', String(height)]),
    statusOf: (name) => fetchJson<NodeStatus>(`${urlOf(name)}/v1/status`),
    down: () => mustRun(['network', 'down', '--dir', dir]),
    up: () => mustRun(['network', 'up', '--dir', dir, '--detach']),
    remove: async () => {
      await run(undefined, ['network', 'down', '--dir', dir])
      const left = daemonsBelow(dir)
      killDaemons(left)
      await Promise.all(left.map(gone))
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
      dismiss()
    },
  }
}
