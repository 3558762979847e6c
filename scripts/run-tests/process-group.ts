import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Kills what is left of a child's process group. */
export function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether a child's process group is empty within a bound; what it started may still be ending. */
export async function groupEnds(child: ChildProcess, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (isGroupAlive(child.pid ?? 0)) {
    if (performance.now() > until) return false
    await delay(20)
  }
  return true
}

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0)
  } catch {
    return false // no such group
  }
  return process.platform !== 'linux' || readdirSync('/proc').some((pid) => isLiveMember(pid, group))
}

/** A dead process that nobody waited for keeps its group id: in a container it may stay for good. */
function isLiveMember(pid: string, group: number): boolean {
  if (!/^\d+$/.test(pid)) return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(pgrp) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false // ended while we looked
  }
}
