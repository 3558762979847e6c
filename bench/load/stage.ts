import { blob, encode, list, type NetworkParameters, TRANSACTION_SIZE_BYTES_MAX } from '@medchain/core'
import { type BenchNetwork, startBenchNetwork } from '../network/bench-network.ts'
import { processorSecondsOf } from '../network/process-cost.ts'
import { plain } from '../report/table.ts'
import type { LoadFigures, Pace } from '../scenarios/scenario.ts'
import { institutionSigner, type Signer } from './institution-keys.ts'
import { makeChart } from './made-transactions.ts'
import { createMaker } from './mix.ts'
import { type LoadResult, resultOf, runOpenLoop, type Sample } from './open-loop.ts'
import { createSubmitter, type Submitter } from './submitter.ts'

const CHARTS = 2_000
const QUICK_CHARTS = 1_000
const QUIET_CHARTS = 64
const SETUP_BUNDLE = 50

export interface Stage {
  readonly network: BenchNetwork
  readonly institutions: readonly Signer[]
  readonly submitters: readonly Submitter[]
  /** Those that open epochs. */
  readonly charts: readonly Signer[]
  /** Those that stay in their first epoch; the institution of the same place may write to each. */
  readonly quietCharts: readonly Signer[]
  readonly close: () => Promise<void>
}

export interface SpanResult extends LoadResult {
  readonly samples: readonly Sample[]
  /** Processor time of each daemon for a committed transaction. */
  readonly daemonMicroseconds: readonly number[]
}

const bundleOf = (transactions: readonly Uint8Array[]): Uint8Array =>
  encode(list(blob(TRANSACTION_SIZE_BYTES_MAX), 1_000), transactions)

/** Hands all of them in, in bundles and by all nodes at once; throws where one is refused. */
export const submitAll = async (
  submitters: readonly Submitter[],
  transactions: readonly Uint8Array[],
): Promise<void> => {
  const workers = submitters.map(async (submitter, node) => {
    const own = transactions.filter((_, index) => index % submitters.length === node)
    for (let at = 0; at < own.length; at += SETUP_BUNDLE) {
      const answer = await submitter.submitBundle(bundleOf(own.slice(at, at + SETUP_BUNDLE)))
      if ('refusal' in answer) throw new Error(`a transaction was refused: ${answer.refusal}`)
    }
  })
  await Promise.all(workers)
}

/** A network with charts on its chain whose transactions can be made at any rate. */
const startStage = async (pace: Pace, parameters: Partial<NetworkParameters>): Promise<Stage> => {
  const network = await startBenchNetwork({ parameters, runtimeFlags: pace.runtimeFlags })
  const submitters = network.daemons.map(createSubmitter)
  const close = async (): Promise<void> => {
    await Promise.all(submitters.map((submitter) => submitter.close()))
    await network.close()
  }
  try {
    const institutions = await Promise.all(
      network.daemons.map((daemon) => institutionSigner(network, daemon)),
    )
    const count = QUIET_CHARTS + (pace.isQuick ? QUICK_CHARTS : CHARTS)
    const made = Array.from({ length: count }, (_, index) =>
      makeChart(network.genesis, institutions[index % institutions.length] as Signer),
    )
    await submitAll(
      submitters,
      made.map(({ registration }) => registration),
    )
    const signers = made.map(({ signer }) => signer)
    const [quietCharts, charts] = [signers.slice(0, QUIET_CHARTS), signers.slice(QUIET_CHARTS)]
    return { network, institutions, submitters, charts, quietCharts, close }
  } catch (error) {
    await close()
    throw error
  }
}

export interface StageNeeds {
  readonly parameters?: Partial<NetworkParameters>
  /** Whether nobody may have loaded it before. */
  readonly isOwn?: boolean
  /** Whether daemons of it are dead afterwards. */
  readonly isSpoiled?: boolean
}

/** Works on a network that bears loads; it is closed afterwards, or lent to the next scenario. */
export const onStage = <R>(
  pace: Pace,
  { parameters = {}, isOwn = false, isSpoiled = false }: StageNeeds,
  work: (stage: Stage) => Promise<R>,
): Promise<R> =>
  pace.lender.lend({
    name: isOwn ? undefined : `stage ${JSON.stringify(parameters)}`,
    create: () => startStage(pace, parameters),
    work,
    isSpoiled,
  })

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

const daemonSeconds = ({ network }: Stage): Promise<readonly number[]> =>
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

export const spanText = (perSecond: number, result: SpanResult): string =>
  `${perSecond}/s offered: ${Math.round(result.committedPerSecond)}/s committed, p50 ${plain(result.p50Ms)} ms, ` +
  `p95 ${plain(result.p95Ms)} ms, refused ${result.refused}; clients late by ${plain(result.lateP95Ms)} ms (p95); processor time a transaction and daemon ` +
  `${result.daemonMicroseconds.map(plain).join(', ')} µs`
