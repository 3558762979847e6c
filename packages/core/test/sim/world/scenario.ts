import { NETWORK_RULES, type ReplicaOptions } from '../../../src/replica/index.ts'
import { faultyOf } from '../checks/arithmetic.ts'
import type { Random } from './random.ts'

/**
 * How a validator is run. `twin`: a second process with the same key. `forgetful`: its disk loses or turns back.
 * `outdated`: its rules know the first protocol version only. All but `honest` count against f.
 */
export type Conduct = 'honest' | 'liar' | 'twin' | 'forgetful' | 'outdated'

/** What the institutions vote on, one after another. */
export type Step = 'join' | 'leave' | 'expel' | 'parameters' | 'protocol'

export interface NetworkRates {
  readonly latencyMs: number
  readonly loss: number
  readonly duplicate: number
  readonly reorder: number
  readonly longTail: number
  readonly corruption: number
  readonly replay: number
  readonly otherNetwork: number
}

/** Weights of what a turn of the safety phase may do. */
export interface DisturbanceWeights {
  readonly crash: number
  readonly massCrash: number
  readonly pause: number
  readonly cut: number
  readonly mute: number
  readonly clock: number
  readonly fullDisk: number
  readonly memory: number
  readonly calm: number
}

export interface Scenario {
  readonly seed: number
  readonly size: number
  readonly observers: number
  readonly isRealSigned: boolean
  readonly conducts: readonly Conduct[]
  /** Institutions that are to become validators: whether the genesis document names them, as observers. */
  readonly joiners: readonly boolean[]
  readonly steps: readonly Step[]
  /** Whether an empty disk is filled with a neighbour's snapshot rather than block by block. */
  readonly takesSnapshots: boolean
  /** Whether those who are to join start some time after the others. */
  readonly joinsLate: boolean
  /** A validator of the first height that starts for the first time some time after the others; -1 for none. */
  readonly latecomer: number
  /** All clocks go on by eleven minutes once, as after a night without power. */
  readonly leaps: boolean
  /** How long one validator stays down in an otherwise sound network at the end; 0 for not at all. */
  readonly deadMs: number
  readonly rates: NetworkRates
  readonly weights: DisturbanceWeights
  /** For controls: two halves that share nothing but the members with two processes, one in each. */
  readonly isSplit: boolean
  readonly turnMs: number
  readonly safetyMs: number
  readonly submitMs: number
  readonly failedSync: number
  readonly blockIntervalMs: number
  readonly heartbeatMs: number
  /** State entries that a block of several transactions may write; in some seeds so few that a liar goes beyond. */
  readonly blockWritesMax: number
  readonly options: Partial<ReplicaOptions>
}

const WRITES_FEW = 3

/** Each fault is off in most seeds, so that the others show what they do alone. */
const rate = (random: Random, share: number, most: number): number =>
  random.chance(share) ? most * random.next() ** 2 : 0

const drawSize = (random: Random): number => {
  const chance = random.next()
  if (chance < 0.66) return 4
  if (chance < 0.9) return random.pick([5, 6, 7, 7])
  if (chance < 0.985) return random.pick([7, 8, 9, 10])
  return random.pick([13, 16, 31])
}

const drawConducts = (random: Random, size: number): readonly Conduct[] => {
  const faulty = random.chance(0.15) ? 0 : random.int(faultyOf(size)) + 1
  const chosen = random.shuffled(Array.from({ length: size }, (_, index) => index)).slice(0, faulty)
  return Array.from({ length: size }, (_, index): Conduct => {
    if (!chosen.includes(index)) return 'honest'
    return random.pick(['liar', 'liar', 'liar', 'twin', 'forgetful', 'forgetful'])
  })
}

/** In one of four seeds something is voted on; then and there, or later, when all is well again. */
const drawSteps = (random: Random, size: number): readonly Step[] => {
  if (random.chance(0.72)) return []
  const kinds: readonly Step[] =
    size > 4
      ? ['join', 'leave', 'expel', 'parameters', 'protocol', 'leave']
      : ['join', 'join', 'parameters', 'protocol']
  const first = random.pick(kinds)
  const second = random.chance(0.3) ? (['join', 'leave', 'expel', 'parameters'] as const) : []
  const next = second.length > 0 ? random.pick(second) : undefined
  const hasRoom = size > 4 || first === 'join'
  if (next === undefined || (!hasRoom && (next === 'leave' || next === 'expel'))) return [first]
  return [first, next]
}

/** One that is faulty anyway has not installed what a vote is about. */
const withOutdated = (
  random: Random,
  conducts: readonly Conduct[],
  steps: readonly Step[],
): readonly Conduct[] => {
  const index = conducts.findIndex((conduct) => conduct !== 'honest')
  if (!steps.includes('protocol') || index < 0 || random.chance(0.15)) return conducts
  return conducts.map((conduct, at) => (at === index ? 'outdated' : conduct))
}

const drawWeights = (random: Random): DisturbanceWeights => ({
  crash: rate(random, 0.6, 6),
  massCrash: rate(random, 0.25, 1),
  pause: rate(random, 0.4, 3),
  cut: rate(random, 0.6, 5),
  mute: rate(random, 0.6, 6),
  clock: rate(random, 0.4, 3),
  fullDisk: rate(random, 0.3, 2),
  memory: rate(random, 0.8, 6) + 0.5,
  calm: 1 + 3 * random.next(),
})

export const drawScenario = (seed: number, random: Random, isShort: boolean): Scenario => {
  const drawn = drawSize(random)
  const size = isShort ? Math.min(drawn, 7) : drawn
  const roundTimeoutMs = random.pick([300, 500, 1000])
  const votes = random.fork(21)
  const arrivals = random.fork(22)
  const writes = random.fork(23)
  const steps = drawSteps(votes, size)
  const deadMs = size <= 5 && votes.chance(0.025) ? votes.between(15_000, 22_000) : 0
  const conducts = drawConducts(random, size)
  return {
    seed,
    size,
    observers: random.chance(0.15) ? 1 : 0,
    isRealSigned: size <= 5 && random.chance(0.08),
    conducts: deadMs > 0 ? conducts.map(() => 'honest') : withOutdated(votes, conducts, steps),
    deadMs,
    takesSnapshots: votes.chance(0.6),
    joinsLate: votes.chance(0.5),
    leaps: votes.chance(0.15),
    latecomer: arrivals.chance(0.15) ? arrivals.int(size) : -1,
    joiners: steps.filter((step) => step === 'join').map(() => votes.chance(0.5)),
    steps,
    rates: {
      latencyMs: random.pick([1, 5, 20, 60, 120]),
      loss: rate(random, 0.5, 0.3),
      duplicate: rate(random, 0.4, 0.3),
      reorder: rate(random, 0.5, 0.5),
      longTail: rate(random, 0.4, 0.1),
      corruption: rate(random, 0.3, 0.1),
      replay: rate(random, 0.4, 0.1),
      otherNetwork: rate(random, 0.3, 0.05),
    },
    weights: drawWeights(random),
    isSplit: false,
    turnMs: random.pick([80, 200, 500]),
    safetyMs: size > 10 || isShort ? 3000 : 3000 + 11_000 * random.next() ** 2,
    submitMs: random.pick([60, 150, 400, 1200]),
    failedSync: rate(random, 0.25, 0.01),
    blockIntervalMs: random.pick([1, 50, 100]),
    heartbeatMs: random.pick([600, 1500, 5000]),
    blockWritesMax: writes.chance(0.4) ? WRITES_FEW : NETWORK_RULES.blockWritesMax,
    options: {
      roundTimeoutMs,
      roundTimeoutMsMax: roundTimeoutMs * random.pick([3, 6, 12]),
      checkpointBlocks: 1 + random.int(12),
      checkpointMs: 100 + random.int(1000),
      syncTimeoutMs: random.pick([300, 1000, 3000]),
      syncBlocksMax: random.pick([1, 3, 64]),
      mempoolTransactionsMax: random.pick([20, 200, 2000]),
      mempoolPerAccountMax: random.pick([5, 50, 500]),
    },
  }
}
