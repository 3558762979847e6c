import type { Replica, ReplicaEffect, ReplicaInput } from '@medchain/core'
import type { Clock } from '../clock.ts'
import { createInputLanes } from './input-lanes.ts'
import type { UntimedInput } from './replica-input.ts'

/** After working this long without a pause, other tasks of the process get their turn. */
const TURN_MS = 20

export interface InputQueue {
  /** False when the sender's lane is full and the input was turned away; own inputs always find room. */
  add(input: UntimedInput): boolean
  waiting(): number
  /** Resolves when there is nothing left to do for the moment. */
  idle(): Promise<void>
  /** Takes no more inputs; resolves when the one in hand is done. */
  close(): Promise<void>
}

export interface QueueParts {
  readonly replica: Replica
  readonly clock: Clock
  /** Sees all effects of an input before the first is carried out. */
  readonly announce: (effects: readonly ReplicaEffect[]) => void
  /** Carries one effect out; a promise is awaited before the next. */
  readonly run: (effect: ReplicaEffect) => Promise<void> | undefined
  readonly onFatal: (error: unknown) => void
  readonly onHandled: (durationMs: number) => void
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/**
 * One input at a time, of the neighbour that took the least time so far, its effects in order and complete before
 * the next input (consensus Q38).
 */
export const createInputQueue = (parts: QueueParts): InputQueue => {
  const { replica, clock } = parts
  const lanes = createInputLanes()
  let working: Promise<void> | undefined
  let isClosed = false

  const handle = async (input: UntimedInput): Promise<void> => {
    const startedAt = clock.now()
    const effects = replica.handle({ ...input, nowMs: clock.wallMs() } as ReplicaInput)
    parts.onHandled(clock.now() - startedAt)
    parts.announce(effects)
    for (const effect of effects) {
      if (isClosed) return
      const done = parts.run(effect)
      if (done) await done
    }
  }

  const work = async (): Promise<void> => {
    let turnStartedAt = clock.now()
    try {
      for (let input = lanes.next(); input !== undefined && !isClosed; input = lanes.next()) {
        const startedAt = clock.now()
        await handle(input)
        const endedAt = clock.now()
        lanes.spent(endedAt - startedAt)
        if (endedAt - turnStartedAt < TURN_MS) continue
        await nextTurn()
        turnStartedAt = clock.now()
      }
    } catch (error) {
      isClosed = true
      parts.onFatal(error)
    } finally {
      working = undefined
    }
  }

  return {
    add: (input) => {
      if (isClosed || !lanes.add(input)) return false
      working ??= Promise.resolve().then(work)
      return true
    },
    waiting: lanes.size,
    idle: async () => {
      while (working) await working
    },
    close: async () => {
      isClosed = true
      await working
    },
  }
}
