import { equalBytes } from '../../../src/encoding/index.ts'
import { runUntil } from '../run-seed.ts'
import type { Clients } from '../world/clients.ts'
import { crash, start } from '../world/process.ts'
import { isAdmitted, isCorrect, traced, type World, worldMs } from '../world/world.ts'
import { Violation } from './check.ts'
import type { Decisions } from './decisions.ts'
import { expect } from './liveness.ts'

const LOAD_MS = 200
/** Turns that were under way, and one that was missed for another reason. */
const SPARE = 2

/** Back-offs of 1 s, 2 s, 4 s and so on that begin within this time. */
const backOffsIn = (spanMs: number): number => {
  let count = 0
  for (let atMs = 0; atMs <= spanMs; atMs = 2 * atMs + 1000) count += 1
  return count
}

/** L4: one validator is down for good; each of its back-offs costs one height a round, and it gets its turns back. */
export const outliveOne = (world: World, decisions: Decisions, clients: Clients): void => {
  const { hosts, membership, queue, load, scenario, counts } = world
  const top = (): number => decisions.blocks.size
  const members = hosts.filter(
    (host) => isCorrect(host) && isAdmitted(world, host) && membership.indexOf(host.member, top() + 1) >= 0,
  )
  const [dead, ...others] = members
  if (dead === undefined || members.length < 4) return
  counts.note('process.dead')
  traced(world, () => `${dead.peer} dies`)
  const fromHeight = top()
  const endMs = queue.nowMs() + scenario.deadMs
  crash(world, dead)
  const ask = (): void => {
    if (queue.nowMs() >= endMs) return
    const { member, id } = world.random.pick(others)
    clients.submit(load.enrolment(member, worldMs(world)), [id])
    queue.after(LOAD_MS, ask)
  }
  ask()
  runUntil(world, endMs)
  const late = [...decisions.blocks.values()].filter(
    ({ header }) => header.height > fromHeight && header.round > 0,
  )
  const allowed = backOffsIn(scenario.deadMs) + SPARE
  traced(world, () => `${top() - fromHeight} heights, ${late.length} late, ${allowed} allowed`)
  if (late.length > allowed)
    throw new Violation(
      'L4',
      `a dead validator made ${late.length} heights late where ${allowed} are allowed`,
    )
  start(world, dead)
  const institution = load.institutionOf(dead.member) ?? new Uint8Array(0)
  const isPassed = (): boolean =>
    membership.skips.skipped(membership.at(top() + 1)).some((each) => equalBytes(each, institution))
  expect(world, 'L4', 'the one that was dead has its turns back', () => {
    const head = dead.replica?.status().height ?? 0
    return head >= top() && !isPassed()
  })
}
