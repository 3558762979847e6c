import { createTurnoverMap } from '@medchain/core'

/** Questions under way by token, each with who waits for the answer; past `max` the oldest gets `fallback`. */
export interface OpenQuestions<T> {
  ask(): { readonly token: number; readonly answer: Promise<T> }
  answer(token: number, value: T): void
  /** Gives everybody who still waits the fallback. */
  close(): void
}

export const createOpenQuestions = <T>(max: number, fallback: T): OpenQuestions<T> => {
  const waiting = createTurnoverMap<number, (value: T) => void>()
  let lastToken = 0
  const answer = (token: number, value: T): void => {
    const resolve = waiting.get(token)
    waiting.delete(token)
    resolve?.(value)
  }
  return {
    ask: () => {
      lastToken += 1
      const token = lastToken
      const oldest = waiting.keys().next()
      if (waiting.size >= max && !oldest.done) answer(oldest.value, fallback)
      const promise = new Promise<T>((resolve) => waiting.set(token, resolve))
      return { token, answer: promise }
    },
    answer,
    close: () => {
      for (const token of [...waiting.keys()]) answer(token, fallback)
    },
  }
}
