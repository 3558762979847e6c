import { setTimeout as delay } from 'node:timers/promises'
import { checkNoEvidence } from '../check-daemons.ts'
import { startConsortium } from '../consortium.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario } from '../stage.ts'
import { waitUntil } from '../wait-until.ts'
import { longestGapMs } from './proposer-killed.ts'

const PER_SECOND = 50
const WARM_UP_MS = 4000
const STOPPED_MS = 30_000
const CAUGHT_UP_MS_MAX = 10_000
const VICTIM = 1

/** A process stands still for half a minute and wakes with old timers, old votes and dead connections. */
export const stopped: Scenario = async ({ dir, say }) => {
  const consortium = await startConsortium({ dir, isRelayed: false })
  const victim = consortium.at(VICTIM)
  let isStopped = false
  const load = await startLoad(consortium, {
    perSecond: PER_SECOND,
    uses: (host) => host !== VICTIM || !isStopped,
  })
  await delay(WARM_UP_MS)
  isStopped = true
  const stoppedAtMs = performance.now()
  victim.signal('SIGSTOP')
  await delay(STOPPED_MS)
  const gapMs = longestGapMs(load.samples, stoppedAtMs, stoppedAtMs + STOPPED_MS)
  const { height = 0 } = (await consortium.at(0).status()) ?? {}
  victim.signal('SIGCONT')
  const caughtUpMs = await waitUntil('the stopped daemon has caught up', async () => {
    const status = await victim.status()
    return status !== undefined && status.height >= height
  })
  isStopped = false
  say(
    `longest wait of the others ${Math.round(gapMs)} ms; caught up with height ${height} in ${Math.round(caughtUpMs)} ms`,
  )
  await delay(WARM_UP_MS)
  await checkNoEvidence(consortium)
  await finalCheck(consortium, load)
  return [
    { name: 'longest wait of the others for a commit', value: gapMs, unit: 'ms' },
    {
      name: 'from SIGCONT to the height of the others',
      value: caughtUpMs,
      unit: 'ms',
      atMost: CAUGHT_UP_MS_MAX,
    },
  ]
}
