import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  readonly timeoutMs?: number
  readonly pollMs?: number
}

/** The first value that is not undefined or false; throws after the bound, naming what was waited for. */
export const waitUntil = async <T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 60_000, pollMs = 50 }: WaitOptions = {},
): Promise<T> => {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`)
    await delay(pollMs)
  }
}
