import { processorSecondsOf } from '../network/process-cost.ts'
import { plain } from '../report/table.ts'
import type { LoadFigures, Pace } from '../scenarios/scenario.ts'
import { createMaker } from './mix.ts'
import { type LoadResult, resultOf, runOpenLoop, type Sample } from './open-loop.ts'
import { bundleOf, type Stage, untilDrained } from './stage.ts'
import type { Submitter } from './submitter.ts'

export interface SpanResult extends LoadResult {
  readonly samples: readonly Sample[]
  /** Processor time of each daemon for a committed transaction. */
  readonly daemonMicroseconds: readonly number[]
}

export interface SpanPlan {
  /** What sets it apart from other spans of the scenario at this rate. */
  readonly name?: string
  /** Transactions a second. */
  readonly perSecond: number
  /** Transactions in one request; 1 unless said. */
  readonly bundle?: number
  /** Nodes that clients use; all unless said. */
  readonly nodes?: readonly number[]
  /** Called once the measured part has begun. */
  readonly during?: () => Promise<void>
}

/** Processor time of each daemon so far, 0 of one that does not run. */
export const daemonSeconds = ({ network }: Stage): Promise<readonly number[]> =>
  Promise.all(
    network.daemons.map((daemon) => (daemon.isRunning() ? processorSecondsOf(daemon.pid() ?? 0) : 0)),
  )

/** Offers a rate for warm-up and span, everything signed beforehand, and measures what was due in the span. */
export const measureSpan = async (stage: Stage, pace: Pace, plan: SpanPlan): Promise<SpanResult> => {
  const { submitters, network } = stage
  const { perSecond, bundle = 1, nodes = submitters.map((_, node) => node) } = plan
  const durationMs = pace.warmUpMs + pace.spanMs
  const pieces = Math.ceil((perSecond * durationMs) / 1000 / bundle)
  const make = createMaker(pace.mix, { ...stage, genesis: network.genesis })
  const made = Array.from({ length: pieces }, (_, piece) => {
    const transactions = Array.from({ length: bundle }, (_unused, index) => make(piece * bundle + index))
    return bundle === 1 ? (transactions[0] as Uint8Array) : bundleOf(transactions)
  })
  const send = (index: number) => {
    const submitter = submitters[nodes[index % nodes.length] as number] as Submitter
    const bytes = made[index] as Uint8Array
    return bundle === 1 ? submitter.submit(bytes) : submitter.submitBundle(bytes)
  }
  await untilDrained(stage, pace)
  const before = await daemonSeconds(stage)
  const startedUs = Number(process.hrtime.bigint() / 1000n)
  const [samples] = await Promise.all([
    runOpenLoop({ perSecond: perSecond / bundle, durationMs, send }),
    plan.during?.(),
  ])
  const after = await daemonSeconds(stage)
  const committed = samples.reduce((sum, { count }) => sum + count, 0)
  const result = resultOf(samples, { fromMs: pace.warmUpMs, toMs: durationMs, countEach: bundle })
  const parts = [`${perSecond}/s`, bundle === 1 ? '' : `in bundles of ${bundle}`, plan.name ?? '']
  pace.onSpan({
    name: parts.filter((part) => part !== '').join(', '),
    fromUs: startedUs + pace.warmUpMs * 1000,
    toUs: startedUs + durationMs * 1000,
    committed: (result.committedPerSecond * pace.spanMs) / 1000,
    load: loadFiguresOf(result),
  })
  return {
    ...result,
    samples,
    daemonMicroseconds: after.map((seconds, node) => ((seconds - (before[node] ?? 0)) * 1e6) / committed),
  }
}

const loadFiguresOf = (result: LoadResult): LoadFigures => {
  const { offeredPerSecond, committedPerSecond, p50Ms, p95Ms, p99Ms, lateP95Ms, refused } = result
  return { offered: offeredPerSecond, committed: committedPerSecond, p50Ms, p95Ms, p99Ms, lateP95Ms, refused }
}

const codesOf = ({ refusals }: LoadResult): string => {
  const codes = Object.entries(refusals).map(([code, count]) => `${code} ${count}`)
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`
}

export const spanText = (perSecond: number, result: SpanResult): string =>
  `${perSecond}/s offered: ${Math.round(result.committedPerSecond)}/s committed, p50 ${plain(result.p50Ms)} ms, ` +
  `p95 ${plain(result.p95Ms)} ms, refused ${result.refused}${codesOf(result)}; clients late by ${plain(result.lateP95Ms)} ms (p95); processor time a transaction and daemon ` +
  `${result.daemonMicroseconds.map(plain).join(', ')} µs`
