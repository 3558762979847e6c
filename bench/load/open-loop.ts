import { quantile } from '../report/quantile.ts'
import type { Answer } from './submitter.ts'

/** What became of one piece of work; times in ms since the load began. */
export interface Sample {
  readonly dueMs: number
  /** When it was handed over: later than due where the generator was held up. */
  readonly sentMs: number
  readonly endedMs: number
  /** How many transactions of it were committed. */
  readonly count: number
  /** Undefined when all of it was committed. */
  readonly refusal: string | undefined
}

/** Work that is due at a fixed rate, whatever became of what came before it. */
export interface LoadPlan {
  /** Pieces of work a second. */
  readonly perSecond: number
  readonly durationMs: number
  /** Sends piece `index`. */
  readonly send: (index: number) => Promise<Answer>
}

const TICK_MS = 2

/**
 * Open loop: every piece is sent when it is due, and its time counts from then, so that a stall is felt by all that
 * were due in it (no coordinated omission). Resolves when all have ended.
 */
export const runOpenLoop = async ({ perSecond, durationMs, send }: LoadPlan): Promise<readonly Sample[]> => {
  const samples: Sample[] = []
  const underWay = new Set<Promise<void>>()
  const total = Math.floor((perSecond * durationMs) / 1000)
  const startedAt = performance.now()
  const begin = (index: number): void => {
    const dueMs = (index * 1000) / perSecond
    const sentMs = performance.now() - startedAt
    const sending = send(index)
      .catch(
        (error: unknown): Answer => ({
          count: 0,
          refusal: error instanceof Error ? error.message : String(error),
        }),
      )
      .then(({ count, refusal }) => {
        samples.push({ dueMs, sentMs, endedMs: performance.now() - startedAt, count, refusal })
      })
    underWay.add(sending)
    void sending.finally(() => underWay.delete(sending))
  }
  await new Promise<void>((resolve) => {
    let sent = 0
    const tick = (): void => {
      const dueUntil = Math.floor(((performance.now() - startedAt) * perSecond) / 1000)
      for (; sent < total && sent <= dueUntil; sent++) begin(sent)
      if (sent < total) return
      clearInterval(timer)
      resolve()
    }
    const timer = setInterval(tick, TICK_MS)
  })
  await Promise.all(underWay)
  return samples
}

export interface LoadResult {
  readonly offeredPerSecond: number
  readonly committedPerSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /** How late the generator itself was, at the 95th percentile; part of the latencies. */
  readonly lateP95Ms: number
  readonly refused: number
  /** How often clients were told what. */
  readonly refusals: Readonly<Record<string, number>>
}

/**
 * What was due in a span, and what was committed in it. Latencies are of what was due there and committed; what was
 * refused has none and is counted.
 */
export const resultOf = (
  samples: readonly Sample[],
  {
    fromMs,
    toMs,
    countEach = 1,
  }: { readonly fromMs: number; readonly toMs: number; readonly countEach?: number },
): LoadResult => {
  const seconds = (toMs - fromMs) / 1000
  const due = samples.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs)
  const ended = samples.filter(({ endedMs }) => endedMs >= fromMs && endedMs < toMs)
  const times = due
    .filter(({ refusal }) => refusal === undefined)
    .map(({ dueMs, endedMs }) => endedMs - dueMs)
  const refusals: Record<string, number> = {}
  for (const { refusal } of due) if (refusal) refusals[refusal] = (refusals[refusal] ?? 0) + 1
  return {
    offeredPerSecond: (due.length * countEach) / seconds,
    committedPerSecond: ended.reduce((sum, { count }) => sum + count, 0) / seconds,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    p99Ms: quantile(times, 0.99),
    lateP95Ms: quantile(
      due.map(({ dueMs, sentMs }) => sentMs - dueMs),
      0.95,
    ),
    refused: due.length - times.length,
    refusals,
  }
}
