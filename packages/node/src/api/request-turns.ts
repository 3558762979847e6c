import { setImmediate } from 'node:timers'

const REQUESTS_PER_TURN = 8

/**
 * Lets a few requests begin in each turn of the event loop, the others in order behind them: a crowd of readers
 * takes its share of every turn, and votes and disk writes do not wait until all of them are answered.
 */
export const createRequestTurns = (requestsPerTurn = REQUESTS_PER_TURN): (() => Promise<void>) => {
  let waiting: (() => void)[] = []
  let left = requestsPerTurn
  let isQueued = false

  const queueTurn = (): void => {
    if (isQueued) return
    isQueued = true
    setImmediate(() => {
      isQueued = false
      const begun = waiting.slice(0, requestsPerTurn)
      waiting = waiting.slice(requestsPerTurn)
      left = requestsPerTurn - begun.length
      for (const begin of begun) begin()
      if (begun.length > 0) queueTurn()
    })
  }

  return () => {
    queueTurn()
    if (left > 0) {
      left -= 1
      return Promise.resolve()
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
}
