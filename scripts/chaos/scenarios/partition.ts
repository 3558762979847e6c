import { setTimeout as delay } from 'node:timers/promises'
import { checkNoEvidence } from '../check-daemons.ts'
import { startConsortium } from '../consortium.ts'
import { split } from '../faults/network-faults.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario } from '../stage.ts'
import { Violation } from '../violation.ts'
import { waitUntil } from '../wait-until.ts'

const PER_SECOND = 50
const WARM_UP_MS = 4000
/** What was under way at the cut is decided by then. */
const SETTLE_MS = 1000
const SPLITS = [
  { left: [0, 1], heldMs: 2500 },
  { left: [0, 2], heldMs: 6000 },
  { left: [0, 3], heldMs: 12_000 },
  { left: [1, 2], heldMs: 8300 },
]
const RESUME_MS_MAX = 2000

/** Two and two decide nothing; healed, they go on. */
export const partition: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({ dir, isRelayed: false })
  const load = await startLoad(consortium, { perSecond: PER_SECOND })
  const heights = async (): Promise<number[]> => {
    const statuses = await Promise.all(consortium.daemons.map((daemon) => daemon.status()))
    return statuses.map((status) => status?.height ?? 0)
  }
  const figures: { readonly firstMs: number; readonly allMs: number }[] = []
  for (const { left, heldMs } of SPLITS) {
    await delay(WARM_UP_MS)
    const { what, heal } = await split(consortium, left)
    await delay(SETTLE_MS)
    const atCut = await heights()
    await delay(heldMs - SETTLE_MS)
    const atHeal = await heights()
    if (Math.max(...atHeal) > Math.max(...atCut))
      throw new Violation('commit without a quorum', `${what}: ${atHeal}`)
    await heal()
    const top = Math.max(...atHeal)
    const firstMs = await waitUntil('a commit', async () => Math.max(...(await heights())) > top)
    const allMs = firstMs + (await waitUntil('all four', async () => Math.min(...(await heights())) > top))
    say(
      `${what} for ${heldMs} ms: first commit ${Math.round(firstMs)} ms after healing, all ${Math.round(allMs)} ms`,
    )
    figures.push({ firstMs, allMs })
  }
  await checkNoEvidence(consortium)
  await finalCheck(consortium, load)
  const longest = (pick: (figure: { firstMs: number; allMs: number }) => number): number =>
    Math.max(...figures.map(pick))
  return [
    {
      name: 'from healing to the first commit, longest',
      value: longest(({ firstMs }) => firstMs),
      unit: 'ms',
      atMost: RESUME_MS_MAX,
    },
    {
      name: 'from healing to a commit on all four, longest',
      value: longest(({ allMs }) => allMs),
      unit: 'ms',
    },
  ]
}
