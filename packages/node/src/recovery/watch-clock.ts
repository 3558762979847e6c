import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Ledger } from '../replica/index.ts'

const SAMPLES = 8
const WARN_MS = 5000

/**
 * How far the own clock is ahead (above 0) or behind, from the ages of the newest blocks when they were decided: a block
 * is a moment old at most, and none is from the future. Undefined for fewer than eight. Blocks carry the clocks of
 * several proposers: one that is wrong does not speak for all.
 */
export const skewFrom = (agesMs: readonly number[]): number | undefined => {
  if (agesMs.length < SAMPLES) return undefined
  const sorted = [...agesMs].sort((a, b) => a - b)
  const youngest = sorted[0] as number
  const middle = sorted[SAMPLES >> 1] as number
  return youngest > 0 ? youngest : Math.min(0, middle)
}

export interface WatchedNode {
  readonly ledger: Pick<Ledger, 'status' | 'onCommitted'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Compares the own clock with the blocks that are decided while the node keeps up, not with those of an answer that it catches up by; gives the skew in milliseconds. */
export const watchClock = ({ ledger, clock, logger, metrics }: WatchedNode): (() => number | undefined) => {
  let agesMs: readonly number[] = []
  let isTold = false
  const skewMs = (): number | undefined => skewFrom(agesMs)
  metrics.observe(
    'medchain_clock_skew_seconds',
    () => (skewMs() ?? 0) / 1000,
    'how far this machine’s clock is ahead of the newest blocks, below 0 when it is behind',
  )
  ledger.onCommitted(({ header }) => {
    const { syncing, height } = ledger.status()
    if (syncing || header.height < height) return
    agesMs = [...agesMs, clock.wallMs() - header.timeMs].slice(-SAMPLES)
    const skew = skewMs() ?? 0
    const isWrong = Math.abs(skew) > WARN_MS
    if (isWrong && !isTold) {
      const side = skew > 0 ? 'ahead of' : 'behind'
      logger.warn(
        { code: 'clock.skew', skewMs: skew },
        `This machine’s clock is ${side} the newest blocks by ${Math.round(Math.abs(skew) / 1000)} s: set it, with "chronyc makestep" or "timedatectl set-ntp true".`,
      )
    }
    isTold = isWrong
  })
  return skewMs
}
