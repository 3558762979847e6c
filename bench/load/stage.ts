import { blob, encode, list, type NetworkParameters, TRANSACTION_SIZE_BYTES_MAX } from '@medchain/core'
import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import { type BenchDaemon, type BenchNetwork, startBenchNetwork } from '../network/bench-network.ts'
import type { Pace } from '../scenarios/scenario.ts'
import { institutionSigner, type Signer } from './institution-keys.ts'
import { makeChart } from './made-transactions.ts'
import { createSubmitter, type Submitter } from './submitter.ts'

const CHARTS = 2_000
const QUICK_CHARTS = 1_000
const QUIET_CHARTS = 64
const SETUP_BUNDLE = 50
const DRAINING = { timeoutMs: 60_000, pollMs: 100 } as const

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

/** The body of a request with many transactions. */
export const bundleOf = (transactions: readonly Uint8Array[]): Uint8Array =>
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
      if (answer.refusal) throw new Error(`a transaction was refused: ${answer.refusal}`)
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

/** Waits until nothing is left of earlier loads; goes on after a minute, and says so. */
export const untilDrained = async ({ network }: Stage, { say }: Pace): Promise<void> => {
  const waiting = async (daemon: BenchDaemon): Promise<number> => {
    const status = daemon.get<{ readonly mempool: { readonly transactions: number } }>('/v1/status')
    // One that is too busy to answer has not drained.
    return status.then(
      ({ mempool }) => mempool.transactions,
      () => 1,
    )
  }
  const isDrained = async (): Promise<boolean> => {
    const running = network.daemons.filter((daemon) => daemon.isRunning())
    return (await Promise.all(running.map(waiting))).every((transactions) => transactions === 0)
  }
  await waitUntil('what was offered before is committed', isDrained, DRAINING).catch((error: Error) =>
    say(error.message),
  )
}
