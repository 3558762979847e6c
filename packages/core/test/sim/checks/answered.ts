import { isConsensusMessage } from '../../../src/consensus/index.ts'
import { frameFrom } from '../world/decoded.ts'
import type { World } from '../world/world.ts'
import { type Check, Violation } from './check.ts'

/** Longer than votes may cross a decision, than the pause between two answers to one neighbour, and than a clock is set back. */
const PATIENCE_MS = 3000

interface Asked {
  readonly incarnation: number
  readonly sinceMs: number
}

/** L2 by consensus Q32: who goes on voting at a decided height is given its block. */
export const createAnswered = (world: World): Check => {
  const open = new Map<string, Asked>()
  let overdue: string | undefined
  return {
    arrived: (host, frame, from) => {
      if (!isConsensusMessage(frame) || host.isDamaged || frame.height < 1) return
      if (frame.height > host.disk.blocks.length) return
      overdue = undefined
      const name = `${host.id} ${from}`
      const asked = open.get(name)
      const nowMs = world.queue.nowMs()
      if (asked?.incarnation !== host.incarnation)
        open.set(name, { incarnation: host.incarnation, sinceMs: nowMs })
      else if (nowMs > asked.sinceMs + PATIENCE_MS) overdue = name
    },
    settled: (host) => {
      const name = overdue
      overdue = undefined
      // A process that ended in between leaves nobody alone.
      if (name?.startsWith(`${host.id} `) && open.has(name))
        throw new Violation('L2', `${host.peer} leaves a laggard alone: ${name}`)
    },
    effect: (host, effect) => {
      if (effect.type === 'append-blocks')
        for (const name of open.keys()) if (name.startsWith(`${host.id} `)) open.delete(name)
      if (effect.type !== 'send') return
      const frame = frameFrom(effect.frame)
      if (frame.ok && frame.value.type === 'decided') open.delete(`${host.id} ${effect.to}`)
    },
  }
}
