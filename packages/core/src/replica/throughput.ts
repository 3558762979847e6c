/** How long what a client hands in may have to wait, by what blocks took in of late. */
const WAIT_MS = 2_000
/** A burst that one block takes in is no queue. */
const ROOM_MIN = 2_048

/** What this network takes in, and so how much may wait: a longer queue only makes everybody wait longer. */
export interface Throughput {
  /** A block of so many transactions was decided. */
  readonly decided: (transactions: number, nowMs: number) => void
  /** Transactions that may wait now. */
  readonly room: (nowMs: number) => number
}

export const createThroughput = (): Throughput => {
  const recent: { readonly transactions: number; readonly atMs: number }[] = []
  let sum = 0
  const forget = (nowMs: number): void => {
    for (let [first] = recent; first !== undefined; [first] = recent) {
      // One of the future: the clock was set back.
      if (first.atMs <= nowMs && first.atMs > nowMs - WAIT_MS) return
      sum -= first.transactions
      recent.shift()
    }
  }
  return {
    decided: (transactions, nowMs) => {
      forget(nowMs)
      recent.push({ transactions, atMs: nowMs })
      sum += transactions
    },
    room: (nowMs) => {
      forget(nowMs)
      return Math.max(ROOM_MIN, sum)
    },
  }
}
