import { outliveOne } from './checks/back-off.ts'
import { Violation } from './checks/check.ts'
import type { Decisions } from './checks/decisions.ts'
import { awaitLiveness } from './checks/liveness.ts'
import { scheduleLiars } from './liars/create-liar.ts'
import { createClients } from './world/clients.ts'
import { createWorld } from './world/create-world.ts'
import { disturb, split } from './world/disturb.ts'
import type { Fault } from './world/faults.ts'
import { heal } from './world/heal.ts'
import type { Host } from './world/host.ts'
import { start } from './world/process.ts'
import { createRandom } from './world/random.ts'
import { drawScenario, type Scenario } from './world/scenario.ts'
import type { World } from './world/world.ts'

export interface SeedReport {
  readonly seed: number
  readonly size: number
  readonly heights: number
  /** Blocks that were decided in a round above 0. */
  readonly laterRounds: number
  readonly transactions: number
  readonly events: number
  readonly simulatedMs: number
  readonly faults: Readonly<Record<Fault, number>>
  /** The rule that did not hold, and how. */
  readonly violation: { readonly rule: string; readonly message: string } | undefined
}

export interface RunOptions {
  readonly trace?: ((line: string) => void) | undefined
  /** At most seven validators and three seconds of faults: for tests that must be quick. */
  readonly isShort?: boolean | undefined
  readonly scenario?: Partial<Scenario> | undefined
}

/** Events of a run that goes on for ever. */
const EVENTS_MAX = 3_000_000

/** Runs events up to this moment of simulated time. */
export const runUntil = (world: World, untilMs: number, isDone: () => boolean = () => false): boolean => {
  let isOver = false
  world.queue.after(untilMs - world.queue.nowMs(), () => {
    isOver = true
  })
  while (!isOver && !isDone()) {
    if (!world.queue.step()) return isDone()
    if (world.queue.steps() > EVENTS_MAX) throw new Violation('S11', 'the run makes events without end')
  }
  return isDone()
}

/** Those who are to join, and in some seeds one of the first validators. */
const isLate = ({ scenario, membership }: World, { member }: Host): boolean =>
  membership.indexOf(member, 1) < 0 ? scenario.joinsLate : scenario.latecomer === member

/** After a night without power every clock is further on, and the last blocks are older than any transaction. */
const LEAP_MS = 11 * 60_000

const leap = (world: World): void => {
  world.counts.note('clock.leap')
  world.leapMs += LEAP_MS
}

/** The first start of all but the late ones, whose first start is that of a turn. */
const boot = (world: World): void => {
  for (const host of world.hosts) {
    if (!isLate(world, host)) start(world, host)
    else if (host.member >= 0 && host.member === world.scenario.latecomer) world.counts.note('process.late')
  }
  if (world.hosts.some(({ conduct }) => conduct === 'twin')) world.counts.note('process.twin')
}

const runSafety = (world: World): void => {
  const { queue, scenario } = world
  boot(world)
  const endMs = queue.nowMs() + scenario.safetyMs
  if (scenario.leaps) queue.after(scenario.safetyMs * 0.6, () => leap(world))
  if (scenario.isSplit) {
    split(world)
    runUntil(world, endMs)
    return
  }
  while (queue.nowMs() < endMs) {
    runUntil(world, queue.nowMs() + scenario.turnMs * world.random.between(0.3, 1.7))
    disturb(world)
  }
}

const reportOf = (world: World, decisions: Decisions, violation: SeedReport['violation']): SeedReport => {
  const blocks = [...decisions.blocks.values()]
  return {
    seed: world.scenario.seed,
    size: world.scenario.size,
    heights: blocks.length,
    laterRounds: blocks.filter(({ commitRound }) => commitRound > 0).length,
    transactions: decisions.transactions.size,
    events: world.queue.steps(),
    simulatedMs: Math.round(world.queue.nowMs()),
    faults: world.counts.all(),
    violation,
  }
}

/** What a seed draws. */
export const scenarioOf = (seed: number, isShort: boolean): Scenario =>
  drawScenario(seed, createRandom(seed).fork(0), isShort)

/** A safety phase full of faults, then a healed world that must come to life; the same seed is the same run. */
export const runSeed = (
  seed: number,
  { trace, isShort = false, scenario: changes }: RunOptions = {},
): SeedReport => {
  const scenario = { ...scenarioOf(seed, isShort), ...changes }
  const { world, decisions } = createWorld(scenario, trace)
  const clients = createClients(world, (txId) => decisions.transactions.has(txId))
  try {
    scheduleLiars(world)
    clients.begin()
    world.governors.begin()
    runSafety(world)
    heal(world)
    awaitLiveness(world, decisions, clients)
    if (scenario.deadMs > 0) outliveOne(world, decisions, clients)
    world.checks.ended()
    return reportOf(world, decisions, undefined)
  } catch (error) {
    const rule = error instanceof Violation ? error.rule : 'crash'
    const message =
      error instanceof Violation ? error.message : String(error instanceof Error ? error.stack : error)
    trace?.(message)
    return reportOf(world, decisions, { rule, message })
  }
}
