import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import type { Signer } from '../load/institution-keys.ts'
import { makeAnchoring } from '../load/made-transactions.ts'
import { daemonSeconds } from '../load/span.ts'
import { onStage, type Stage, untilDrained } from '../load/stage.ts'
import { plain } from '../report/table.ts'
import type { Scenario } from './scenario.ts'

const ANCHORS_PER_BATCH = 1_000
const BATCHES = 1_000
const QUICK_BATCHES = 40
const AT_ONCE = 8

const heights = ({ network }: Stage): Promise<readonly number[]> =>
  Promise.all(
    network.daemons.map(
      async (daemon) => (await daemon.get<{ readonly height: number }>('/v1/status')).height,
    ),
  )

/** Batches of a thousand anchors, a few under way at each node, until all four have applied all of them. */
export const anchors: Scenario = (pace) =>
  onStage(pace, {}, async (stage) => {
    const { submitters, institutions, quietCharts, network } = stage
    const nodes = submitters.length
    const batches = pace.isQuick ? QUICK_BATCHES : BATCHES
    const made = Array.from({ length: batches }, (_, index) => {
      const place = index % quietCharts.length
      const chart = quietCharts[place] as Signer
      return makeAnchoring(
        network.genesis,
        chart.id,
        institutions[place % nodes] as Signer,
        ANCHORS_PER_BATCH,
      )
    })
    await untilDrained(stage, pace)
    const before = await daemonSeconds(stage)
    const startedUs = Number(process.hrtime.bigint() / 1000n)
    let next = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < made.length; index = next++) {
        const answer = await submitters[index % nodes]?.submit(made[index] as Uint8Array)
        if (answer?.refusal) throw new Error(`a batch was refused: ${answer.refusal}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE * nodes }, work))
    const head = Math.max(...(await heights(stage)))
    await waitUntil('all four have it', async () => Math.min(...(await heights(stage))) >= head)
    const toUs = Number(process.hrtime.bigint() / 1000n)
    const seconds = (toUs - startedUs) / 1e6
    const committed = batches * ANCHORS_PER_BATCH
    const after = await daemonSeconds(stage)
    const costs = after.map((each, node) => plain(((each - (before[node] ?? 0)) * 1e6) / committed))
    pace.onSpan({ name: 'record anchors', fromUs: startedUs, toUs, committed })
    const value = committed / seconds
    pace.say(
      `${committed} anchors in ${seconds.toFixed(1)} s on all four; processor time an anchor and daemon ${costs.join(', ')} µs`,
    )
    const name = 'record anchors, applied by all four'
    return [{ scenario: 'anchors', name, value, unit: 'per second', atLeast: 50_000 }]
  })
