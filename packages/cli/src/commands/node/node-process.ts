import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 50

export const pidFileOf = (home: string): string => path.join(home, 'node.pid')

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the process is one of ours: pids are given again after a restart of the machine. */
const isDaemon = async (pid: number): Promise<boolean> => {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  // Only Linux tells; elsewhere the pid file is all there is.
  return command === undefined ? process.platform !== 'linux' : command.includes('medchain')
}

/** The pid of the daemon that runs on this home. */
export const runningPid = async (home: string): Promise<number | undefined> => {
  const text = await readFile(pidFileOf(home), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return pid > 0 && isAlive(pid) && (await isDaemon(pid)) ? pid : undefined
}

const isGone = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}

/** Lets the daemon of a home drain and end; one that does not within 20 s is killed. */
export const stopDaemon = async (home: string): Promise<'stopped' | 'killed' | 'not-running'> => {
  const pid = await runningPid(home)
  if (pid === undefined) {
    await rm(pidFileOf(home), { force: true })
    return 'not-running'
  }
  process.kill(pid, 'SIGTERM')
  const ended = await isGone(pid, STOP_TIMEOUT_MS)
  if (!ended) {
    process.kill(pid, 'SIGKILL')
    await isGone(pid, STOP_TIMEOUT_MS)
  }
  await rm(pidFileOf(home), { force: true })
  return ended ? 'stopped' : 'killed'
}
