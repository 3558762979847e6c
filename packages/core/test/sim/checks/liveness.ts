import { runUntil } from '../run-seed.ts'
import type { Clients } from '../world/clients.ts'
import type { Host } from '../world/host.ts'
import { isAdmitted, isCorrect, traced, type World, worldMs } from '../world/world.ts'
import { faultyOf } from './arithmetic.ts'
import { Violation } from './check.ts'
import type { Decisions } from './decisions.ts'

/** A client hands in the same bytes again after this long. */
const RESUBMIT_MS = 2000

const headOf = (host: Host): number => host.replica?.status().height ?? -1

/** Simulated time in which a healed network must do a thing: some of its longest rounds, and its idle time. */
const patienceMs = ({ scenario }: World): number => {
  const roundMs = scenario.options.roundTimeoutMsMax ?? 15_000
  return 20_000 + (2 * faultyOf(scenario.size) + 8) * roundMs + 6 * scenario.heartbeatMs
}

/** Runs until it is so; a rule that it takes too long breaks. */
export const expect = (world: World, rule: string, what: string, isDone: () => boolean): void => {
  const { queue } = world
  // Looking at every host is dear: now and then is enough.
  let looked = 0
  const isSo = (): boolean => {
    looked += 1
    return looked % 32 === 0 && isDone()
  }
  if (runUntil(world, queue.nowMs() + patienceMs(world), isSo) || isDone()) {
    traced(world, () => `now: ${what}`)
    return
  }
  const heads = world.hosts.map((host) => {
    const status = host.replica?.status()
    return `${host.peer} ${host.halted ?? `${status?.height}/${status?.round}${status?.abstaining ? ` abstains: ${status.abstaining}` : ''}`}`
  })
  throw new Violation(rule, `never: ${what} (${heads.join(', ')})`)
}

/** L1: a height that begins in a healed network takes few rounds; those before it may have been far apart. */
const checkRounds = (world: World, decisions: Decisions, fromHeight: number): void => {
  const most = 2 * faultyOf(world.scenario.size) + 4
  for (const [height, { commitRound }] of decisions.blocks)
    if (height > fromHeight + 2 && commitRound > most)
      throw new Violation('L1', `height ${height} took ${commitRound} rounds in a healed network`)
}

/** L1 decisions, L2 laggards, L3 no censorship, L5 no restart needed, L7 no poison: in a world that works again. */
export const awaitLiveness = (world: World, decisions: Decisions, clients: Clients): void => {
  const top = (): number => decisions.blocks.size
  const correctNow = (): readonly Host[] =>
    world.hosts.filter((host) => isCorrect(host) && !host.isOutdated && isAdmitted(world, host))
  const membersNow = (): readonly Host[] =>
    correctNow().filter(({ member }) => world.membership.indexOf(member, top() + 1) >= 0)
  const healedAt = top()
  expect(world, 'L1', 'a decision', () => top() > healedAt)
  expect(world, 'L2', 'everybody is there', () => correctNow().every((host) => headOf(host) > healedAt))
  expect(world, 'L6', 'what was voted for is in force', world.governors.isDone)
  const members = membersNow()
  const asked = members.slice(0, faultyOf(world.scenario.size) + 1).map(({ id }) => id)
  const nowMs = worldMs(world)
  const wanted = members.slice(0, 3).map(({ member }) => world.load.enrolment(member, nowMs))
  let askedAtMs = -RESUBMIT_MS
  expect(world, 'L3', 'every honest transaction is committed', () => {
    const open = wanted.filter(({ txId }) => !decisions.transactions.has(txId))
    if (world.queue.nowMs() >= askedAtMs + RESUBMIT_MS) {
      askedAtMs = world.queue.nowMs()
      for (const transaction of open) clients.submit(transaction, asked)
    }
    return open.length === 0
  })
  const lastHeight = top()
  expect(world, 'L2', 'two more heights everywhere', () =>
    correctNow().every((host) => headOf(host) >= lastHeight + 2),
  )
  expect(world, 'L2', 'nobody abstains', () =>
    membersNow().every(({ replica }) => replica?.status().abstaining === undefined),
  )
  // Who holds a proposal because its clock is behind may find it decided by the others, height after height.
  for (const host of world.hosts) host.clock = { offsetMs: 0, rate: 1 }
  expect(world, 'L2', 'everybody votes', () =>
    membersNow().every(({ member }) => world.voices.heightOf(member) > lastHeight),
  )
  checkRounds(world, decisions, healedAt)
}
