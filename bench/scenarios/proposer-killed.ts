import { setTimeout as delay } from 'node:timers/promises'
import { measureSpan } from '../load/span.ts'
import { onStage, type Stage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const PER_SECOND = 200
const VICTIM = 3
const TRIES_MAX = 500

/** Longest stretch in which no transaction came through, up to `toMs` at least: a network that stays silent has one. */
export const longestGapMs = (endedMs: readonly number[], toMs: number): number => {
  const sorted = [...endedMs, toMs].sort((a, b) => a - b)
  return sorted.reduce(
    (gap, at, index) => (index === 0 ? gap : Math.max(gap, at - (sorted[index - 1] ?? at))),
    0,
  )
}

const killOnItsTurn = async ({ network }: Stage): Promise<void> => {
  const victim = network.daemons[VICTIM]
  const other = network.daemons[0]
  if (!victim || !other) throw new Error('there is no daemon to kill')
  const { institution } = await victim.get<{ institution: string }>('/v1/status')
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { proposer } = await other.get<{ proposer: string }>('/v1/status')
    if (proposer === institution) return victim.end('SIGKILL')
    await delay(2)
  }
  throw new Error('the turn of the validator that is to be killed never came')
}

/** The validator whose turn it is is killed: how long until the next transaction of the others comes through. */
export const proposerKilled: Scenario = (pace) =>
  onStage(pace, { isSpoiled: true }, async (stage) => {
    const result = await measureSpan(stage, pace, {
      perSecond: PER_SECOND,
      nodes: [0, 1, 2],
      during: async () => {
        await delay(pace.warmUpMs + pace.spanMs / 3)
        await killOnItsTurn(stage)
      },
    })
    const committed = result.samples.filter(({ refusal }) => refusal === undefined)
    const value = longestGapMs(
      committed.map(({ endedMs }) => endedMs),
      pace.warmUpMs + pace.spanMs,
    )
    pace.say(`longest gap between commits ${Math.round(value)} ms`)
    const name = `${PER_SECOND}/s: longest gap between commits`
    return [{ scenario: 'proposer killed', name, value, unit: 'ms', atMost: 2_000 }]
  })
