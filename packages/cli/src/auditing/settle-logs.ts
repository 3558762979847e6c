import { setTimeout as delay } from 'node:timers/promises'
import { equalBytes, hexFromBytes } from '@medchain/core'
import { checkpointsFor, collectPastHeads, cutAnew, holdersBehind, type NodeAnswer } from '@medchain/node'
import { readProven } from '../client/proven-view.ts'
import { requestClientOf } from '../reading/read-transport.ts'
import { type Asked, type AskLog, AWAY, type GatheredChart, isAway } from './gather-logs.ts'

/** Often enough for a reader who is between its two holders, and for a request that was lost. */
const TRIES = 3
const PAUSE_MS = 1000

/** Asks the holders that lack a leg again: a reading may have come between the answers (A10). */
const settleLegs = async (askLog: AskLog, cut: GatheredChart): Promise<GatheredChart> => {
  let chart = cut
  for (let tries = 1; tries < TRIES; tries++) {
    const due = holdersBehind(chart)
    if (due.length === 0) break
    if (tries > 1) await delay(PAUSE_MS)
    const nodes = await Promise.all(
      chart.nodes.map(async (given) =>
        due.some((holder) => equalBytes(holder, given.node))
          ? { ...given, answer: await askLog(chart.own, given.node, given.newestBefore) }
          : given,
      ),
    )
    chart = { ...chart, nodes }
  }
  return chart
}

/** The node's proofs of what it showed under its earlier anchors; a node that falls silent at this has not answered. */
const withPast = async (
  asked: Asked,
  { own, chart }: GatheredChart,
  given: NodeAnswer,
  anchors: readonly number[],
): Promise<NodeAnswer> => {
  if (anchors.length === 0) return given
  for (let tries = 1; ; tries++) {
    const proofs = await collectPastHeads(requestClientOf(asked, own.actor), given.node, chart, anchors)
    if (proofs.ok) return { ...given, past: proofs.value }
    if (tries === TRIES) return isAway(proofs.code) ? { ...given, answer: { code: AWAY } } : given
    await delay(PAUSE_MS)
  }
}

/**
 * Makes answers that were given one after the other fit for a check: holders that lack a leg are asked again, and
 * all prove what they show under their earlier anchors, which the state picks (A6).
 */
export const settleLogs = async (
  asked: Asked,
  askLog: AskLog,
  gathered: readonly GatheredChart[],
): Promise<readonly GatheredChart[]> => {
  const cut = await readProven(asked.client, (view) => gathered.map((chart) => cutAnew(view, chart)))
  const charts = await Promise.all(cut.map((chart) => settleLegs(askLog, chart)))
  const due = await readProven(asked.client, (view) => charts.map((chart) => checkpointsFor(view, chart)))
  return Promise.all(
    charts.map(async (chart, index) => ({
      ...chart,
      nodes: await Promise.all(
        chart.nodes.map((given) =>
          withPast(asked, chart, given, due[index]?.get(hexFromBytes(given.node)) ?? []),
        ),
      ),
    })),
  )
}
