/** Lets `activeMax` callers through at once; up to `waitingMax` more wait in order. */
export interface Turns {
  /** Resolves with what the caller has to call when done, or with undefined when too many wait already. */
  readonly enter: () => Promise<(() => void) | undefined>
}

export const createTurns = (activeMax: number, waitingMax: number): Turns => {
  const waiting: (() => void)[] = []
  let active = 0
  const leaveOnce = (): (() => void) => {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = waiting.shift()
      if (next) next()
      else active--
    }
  }
  return {
    async enter() {
      if (active < activeMax) {
        active++
        return leaveOnce()
      }
      if (waiting.length >= waitingMax) return undefined
      await new Promise<void>((resolve) => waiting.push(resolve))
      return leaveOnce()
    },
  }
}
