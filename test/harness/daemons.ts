import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Whether a process runs; one that ended and that nobody waited for does not. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false // no such process
  }
  if (process.platform !== 'linux') return true
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false // ended while we looked
  }
}

const isOf = (pid: number, home: string): boolean => {
  if (process.platform !== 'linux') return true
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home)
  } catch {
    return false // ended while we looked
  }
}

/** The pid of the daemon on a home, while it runs. */
export const daemonPid = (home: string): number | undefined => {
  let text: string
  try {
    text = readFileSync(path.join(home, 'node.pid'), 'utf8')
  } catch {
    return undefined // never started, or stopped
  }
  const pid = Number.parseInt(text, 10)
  return pid > 0 && isRunning(pid) && isOf(pid, home) ? pid : undefined
}

/** Pids of all daemons on the homes below a folder. */
export const daemonsBelow = (dir: string): number[] => {
  const homes = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return homes.flatMap(({ name }) => daemonPid(path.join(dir, name)) ?? [])
}

export const killDaemons = (pids: readonly number[]): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
