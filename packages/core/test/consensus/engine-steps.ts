import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConsensusMessage, EngineInput, ProposalMessage } from '../../src/consensus/index.ts'
import {
  type Bench,
  brief,
  claim,
  createBench,
  hashOf,
  makeBlock,
  proposal,
  vote,
  whole,
} from './engine-bench.ts'

export const B0 = makeBlock(0)
export const OTHER = makeBlock(0, 0, 1)
export const B1 = makeBlock(1, 1)

export const judged = (block = B0, isValid = true): EngineInput => ({
  type: 'judged',
  hash: hashOf(block),
  isValid,
})

export interface Step {
  readonly description: string
  readonly self: number
  readonly given?: (bench: Bench) => void
  readonly input: EngineInput | ConsensusMessage
  readonly expected: readonly string[]
  readonly round?: number
}

const isMessage = (input: EngineInput | ConsensusMessage): input is ConsensusMessage =>
  ['proposal', 'prepare', 'commit', 'round-change'].includes(input.type)

/** A proposal with everything that it stands for. */
export const bring = (bench: Bench): void => {
  bench.hear(proposal(0, B0))
  bench.give(whole(B0))
}

export const prepareB0 = (bench: Bench): void => {
  bring(bench)
  bench.give(judged())
}

export const lockB0 = (bench: Bench): void => {
  prepareB0(bench)
  for (const sender of [0, 3]) bench.hear(vote('prepare', sender, B0))
}

export const timeout: EngineInput = { type: 'timer', name: 'round' }
export const justified: Partial<ProposalMessage> = {
  roundChanges: [0, 1, 3].map((sender) => claim(sender, 1)),
}
export const locked = { block: B0, round: 0 }
export const lockedClaims = [claim(0, 1), claim(1, 1, locked), claim(3, 1)]

/** One test for each row. */
export const testSteps = (steps: readonly Step[]): void => {
  for (const { description, self, given, input, expected, round } of steps) {
    test(description, () => {
      const bench = createBench(self)
      given?.(bench)
      const effects = isMessage(input) ? bench.hear(input) : bench.give(input)
      assert.equal(brief(effects), expected)
      if (round !== undefined) assert.is(bench.engine.view().round, round)
    })
  }
}
