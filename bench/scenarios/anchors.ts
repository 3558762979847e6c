import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import type { Signer } from '../load/institution-keys.ts'
import { makeAnchoring } from '../load/made-transactions.ts'
import { onStage, type Stage, untilDrained } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const ANCHORS_PER_BATCH = 1_000
const BATCHES = 400
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
    const startedAt = performance.now()
    let next = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < made.length; index = next++) {
        const answer = await submitters[index % nodes]?.submit(made[index] as Uint8Array)
        if (answer && 'refusal' in answer) throw new Error(`a batch was refused: ${answer.refusal}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE * nodes }, work))
    const head = Math.max(...(await heights(stage)))
    await waitUntil('all four have it', async () => Math.min(...(await heights(stage))) >= head)
    const seconds = (performance.now() - startedAt) / 1000
    const value = (batches * ANCHORS_PER_BATCH) / seconds
    pace.say(`${batches * ANCHORS_PER_BATCH} anchors in ${seconds.toFixed(1)} s on all four`)
    const name = 'record anchors, applied by all four'
    return [{ scenario: 'anchors', name, value, unit: 'per second', atLeast: 50_000 }]
  })
