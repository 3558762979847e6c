import { createTurnoverMap, hexFromBytes, ok, type Refusal, type Result } from '@medchain/core'

/** Who waits for transactions to be committed, or to be dropped. */
export interface CommitWaiters {
  wait(txId: Uint8Array): { readonly outcome: Promise<Result<number>>; readonly leave: () => void }
  committed(txId: Uint8Array, height: number): void
  dropped(txId: Uint8Array, refusal: Refusal): void
  close(refusal: Refusal): void
}

export const createCommitWaiters = (): CommitWaiters => {
  const waiting = createTurnoverMap<string, Set<(outcome: Result<number>) => void>>()
  const settle = (name: string, outcome: Result<number>): void => {
    const resolves = waiting.get(name)
    waiting.delete(name)
    for (const resolve of resolves ?? []) resolve(outcome)
  }
  return {
    wait: (txId) => {
      const name = hexFromBytes(txId)
      const others = waiting.get(name) ?? new Set()
      waiting.set(name, others)
      let resolve: (outcome: Result<number>) => void = () => undefined
      const outcome = new Promise<Result<number>>((settled) => {
        resolve = settled
      })
      others.add(resolve)
      const leave = (): void => {
        others.delete(resolve)
        if (others.size === 0 && waiting.get(name) === others) waiting.delete(name)
      }
      return { outcome, leave }
    },
    committed: (txId, height) => settle(hexFromBytes(txId), ok(height)),
    dropped: (txId, refusal) => settle(hexFromBytes(txId), refusal),
    close: (refusal) => {
      for (const name of [...waiting.keys()]) settle(name, refusal)
    },
  }
}
