import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 25

/** Waits until the condition holds, and fails when it does not within the time. Gives the milliseconds it took. */
export const eventually = async (
  what: string,
  timeoutMs: number,
  condition: () => Promise<boolean>,
): Promise<number> => {
  const startedAt = performance.now()
  while (!(await condition().catch(() => false))) {
    if (performance.now() - startedAt > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await delay(POLL_MS)
  }
  return performance.now() - startedAt
}
