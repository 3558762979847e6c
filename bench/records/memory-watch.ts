import { setTimeout as delay } from 'node:timers/promises'
import { anonymousMegabytesOf } from '../network/process-cost.ts'

const SAMPLE_MS = 100

/** Highest anonymous memory of processes while something goes on, beside what they had before. */
export interface MemoryWatch {
  /** Begins to watch a process under a name. */
  readonly add: (name: string, pid: number) => Promise<void>
  /** Extra MB by name, at the highest. */
  readonly end: () => Promise<ReadonlyMap<string, number>>
}

export const createMemoryWatch = (): MemoryWatch => {
  const watched = new Map<string, { readonly pid: number; readonly before: number; highest: number }>()
  let isOver = false
  const sampling = (async () => {
    while (!isOver) {
      for (const each of watched.values()) {
        const now = await anonymousMegabytesOf(each.pid).catch(() => 0)
        each.highest = Math.max(each.highest, now)
      }
      await delay(SAMPLE_MS)
    }
  })()
  return {
    async add(name, pid) {
      const before = await anonymousMegabytesOf(pid)
      watched.set(name, { pid, before, highest: before })
    },
    async end() {
      isOver = true
      await sampling
      return new Map([...watched].map(([name, { before, highest }]) => [name, highest - before]))
    },
  }
}
