import { NetworkError } from '../network-error.ts'

/** Lets so many callers a key through at once; the others wait in order, within a bound. */
export interface Turnstile {
  /** Resolves with what the caller has to call when done; rejects when too many wait or `signal` fires. */
  enter(key: string, signal: AbortSignal): Promise<() => void>
}

interface Gate {
  active: number
  readonly waiting: (() => void)[]
}

export const createTurnstile = (bounds: { activeMax: number; waitingMax: number }): Turnstile => {
  const gates = new Map<string, Gate>()

  const leave = (key: string, gate: Gate): void => {
    const next = gate.waiting.shift()
    if (next !== undefined) {
      next()
      return
    }
    gate.active -= 1
    if (gate.active === 0) gates.delete(key)
  }

  const leaveOnce = (key: string, gate: Gate): (() => void) => {
    let left = false
    return () => {
      if (left) return
      left = true
      leave(key, gate)
    }
  }

  return {
    enter(key, signal) {
      const gate = gates.get(key) ?? { active: 0, waiting: [] }
      gates.set(key, gate)
      if (gate.active < bounds.activeMax) {
        gate.active += 1
        return Promise.resolve(leaveOnce(key, gate))
      }
      if (gate.waiting.length >= bounds.waitingMax)
        return Promise.reject(new NetworkError('network.refused', 'too many requests wait for this peer'))
      return new Promise((resolve, reject) => {
        const admit = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve(leaveOnce(key, gate))
        }
        const giveUp = (): void => {
          gate.waiting.splice(gate.waiting.indexOf(admit), 1)
          reject(signal.reason)
        }
        gate.waiting.push(admit)
        signal.addEventListener('abort', giveUp, { once: true })
      })
    },
  }
}
