import { readFile } from 'node:fs/promises'

/** Of Linux, a second. */
const CLOCK_TICKS = 100

/** User and system time of a process so far, in seconds. */
export const processorSecondsOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS
}

/** Anonymous resident memory of a process, in MB of a million bytes. */
export const anonymousMegabytesOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return (Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
}
