import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fail } from '../../command-error.ts'
import { pidFileOf } from '../node/node-process.ts'
import type { LocalHome } from './local-homes.ts'

const PROGRAM = fileURLToPath(new URL('../../../bin/medchain.js', import.meta.url))
const READY_TIMEOUT_MS = 60_000
const POLL_MS = 100

export const logFileOf = (home: string): string => path.join(home, 'node.log')

/** Starts the daemon of a home as a process of its own that writes to node.log. */
export const spawnDaemon = async ({ home }: LocalHome): Promise<ChildProcess> => {
  const log = await open(logFileOf(home), 'a', 0o600)
  try {
    const child = spawn(process.execPath, [PROGRAM, 'node', 'start', '--home', home], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, MEDCHAIN_HOME: home },
    })
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    await writeFile(pidFileOf(home), `${child.pid}\n`)
    return child
  } finally {
    await log.close()
  }
}

/** What a daemon said last, for one that ended by itself. */
const lastWords = async (home: string): Promise<string> => {
  const lines = (await readFile(logFileOf(home), 'utf8').catch(() => '')).trim().split('\n')
  return lines.findLast((line) => !line.startsWith('{') && line.includes('[')) ?? lines.at(-1) ?? ''
}

const isReady = (apiUrl: string): Promise<boolean> =>
  fetch(`${apiUrl}/ready`, { signal: AbortSignal.timeout(1000) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )

/** Resolves once the daemon takes part in the network; `network.start-failed` with its reason when it ends. */
export const untilReady = async ({ name, home, apiUrl }: LocalHome, child: ChildProcess): Promise<void> => {
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (!(await isReady(apiUrl))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      return fail('network.start-failed', `${name} ended while starting: ${await lastWords(home)}`)
    }
    if (performance.now() > deadline) {
      return fail(
        'node.not-ready',
        `${name} is not ready after ${READY_TIMEOUT_MS / 1000} s.`,
        `See ${logFileOf(home)}.`,
      )
    }
    await delay(POLL_MS)
  }
}
