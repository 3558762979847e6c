import { setTimeout as delay } from 'node:timers/promises'

/** The milliseconds it took until the condition held; throws after the bound, naming what was waited for. */
export const waitUntil = async (
  what: string,
  condition: () => Promise<boolean> | boolean,
  { timeoutMs = 60_000, pollMs = 20 }: { timeoutMs?: number; pollMs?: number } = {},
): Promise<number> => {
  const startedAtMs = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedAtMs > timeoutMs)
      throw new Error(`${what}: not within ${timeoutMs / 1000} s`)
    await delay(pollMs)
  }
  return performance.now() - startedAtMs
}
