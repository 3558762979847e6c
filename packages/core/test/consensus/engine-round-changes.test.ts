import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { claim, createBench, hashOf, preparedBy, proposal, roundChange, whole } from './engine-bench.ts'
import {
  B0,
  B1,
  bring,
  justified,
  locked,
  lockedClaims,
  type Step,
  testSteps,
  timeout,
} from './engine-steps.ts'

const steps: readonly Step[] = [
  {
    description: 'UponRoundTimeout: next round, round-change without a lock; its clock waits for company',
    self: 2,
    given: (bench) => bench.give({ type: 'awaiting' }),
    input: timeout,
    expected: ['persist round-change', 'broadcast round-change', 'round 1 by timeout', 'resend in 750'],
    round: 1,
  },
  {
    description: 'the clock of a round above 0 starts when a quorum is there or beyond',
    self: 2,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
    },
    input: roundChange(3, 2),
    expected: ['round in 1500'],
    round: 1,
  },
  {
    description: 'a validator that ran ahead alone has no clock until the others are there',
    self: 2,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
    },
    input: timeout,
    expected: [],
    round: 1,
  },
  { description: 'no clock runs while nothing waits', self: 2, input: timeout, expected: [], round: 0 },
  {
    description: 'UponRoundChange: one higher round-change moves nobody',
    self: 2,
    input: roundChange(3, 4),
    expected: [],
    round: 0,
  },
  {
    description: 'UponRoundChange: f + 1 higher ones do, to the highest round that both reached',
    self: 2,
    given: (bench) => bench.hear(roundChange(3, 4)),
    input: roundChange(1, 3),
    expected: [
      'persist round-change',
      'broadcast round-change',
      'round in 1000',
      'round 3 by jump',
      'resend in 1688',
      'round in 3375',
    ],
    round: 3,
  },
  {
    description: 'UponRoundChange: the proposer of the round builds on a quorum without a lock',
    self: 1,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
    },
    input: roundChange(3, 1),
    expected: ['round in 1500', 'build 1'],
    round: 1,
  },
  {
    description: 'UponRoundChange: the proposer proposes the locked block again, byte for byte',
    self: 1,
    given: (bench) => {
      bring(bench)
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
    },
    input: roundChange(3, 1, locked),
    expected: ['persist block+proposal', 'broadcast proposal', 'round in 1500', 'judge 1'],
    round: 1,
  },
  {
    description: 'UponRoundChange: a proposer that lacks the locked block asks for it',
    self: 1,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
    },
    input: roundChange(3, 1, locked),
    expected: ['round in 1500', 'need-block'],
    round: 1,
  },
  {
    description: 'UponRoundChange: it proposes the locked block again as soon as it has it',
    self: 1,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
      bench.hear(roundChange(3, 1, locked))
    },
    input: whole(B0),
    expected: ['persist block+proposal', 'broadcast proposal', 'judge 1'],
    round: 1,
  },
  {
    description: 'UponRoundChange: a quorum that needs no missing block is as good as any',
    self: 1,
    given: (bench) => {
      bench.give({ type: 'awaiting' })
      bench.give(timeout)
      bench.hear(roundChange(0, 1))
      bench.hear(roundChange(3, 1, locked))
    },
    input: roundChange(2, 1),
    expected: ['build 1'],
    round: 1,
  },
  {
    description: 'a round-change that claims a lock without its certificate is nothing',
    self: 1,
    input: { ...roundChange(3, 1, locked), prepared: undefined },
    expected: ['fault round-change.not-backed'],
  },
  {
    description: 'a round-change that claims a lock with a certificate of too few',
    self: 1,
    input: { ...roundChange(3, 1, locked), prepared: preparedBy(B0, 0, [0, 1]) },
    expected: ['fault round-change.not-backed'],
  },
  {
    description: 'a round-change that claims nothing and shows a certificate',
    self: 1,
    input: { ...roundChange(3, 1), prepared: preparedBy(B0, 0) },
    expected: ['fault round-change.not-backed'],
  },
  {
    description: 'two round-changes of one sender for one round are evidence',
    self: 2,
    given: (bench) => bench.hear(roundChange(3, 1)),
    input: roundChange(3, 1, locked),
    expected: ['evidence round-change 3'],
  },
  {
    description: 'a justified proposal of a higher round moves a validator there',
    self: 2,
    input: proposal(1, B1, 1, justified),
    expected: ['round 1 by proposal', 'round in 1500', 'need-block'],
    round: 1,
  },
  {
    description: 'too few round-changes',
    self: 2,
    input: proposal(1, B1, 1, { roundChanges: [claim(0, 1), claim(1, 1)] }),
    expected: ['fault proposal.no-quorum'],
    round: 0,
  },
  {
    description: 'the same round-change twice',
    self: 2,
    input: proposal(1, B1, 1, { roundChanges: [claim(0, 1), claim(1, 1), claim(1, 1)] }),
    expected: ['fault proposal.no-quorum'],
  },
  {
    description: 'round-changes for another round',
    self: 2,
    input: proposal(1, B1, 1, { roundChanges: [claim(0, 1), claim(1, 1), claim(3, 2)] }),
    expected: ['fault proposal.bad-round-change'],
  },
  {
    description: 'a lock in the justification forbids a fresh block',
    self: 2,
    input: proposal(1, B1, 1, { roundChanges: lockedClaims, prepared: preparedBy(B0, 0) }),
    expected: ['fault proposal.not-prepared-block'],
  },
  {
    description: 'a re-proposal needs the prepared certificate',
    self: 2,
    input: proposal(1, B0, 1, { roundChanges: lockedClaims }),
    expected: ['fault proposal.no-prepared-certificate'],
  },
  {
    description: 'a re-proposal with certificate is taken though its header names another round and proposer',
    self: 2,
    input: proposal(1, B0, 1, { roundChanges: lockedClaims, prepared: preparedBy(B0, 0) }),
    expected: ['round 1 by proposal', 'round in 1500', 'need-block'],
    round: 1,
  },
  {
    description: 'the old block cannot come back as if nothing were prepared',
    self: 2,
    input: proposal(1, B0, 1, justified),
    expected: ['fault proposal.not-fresh'],
  },
  {
    description: 'wire hashes other than those of the header',
    self: 2,
    input: proposal(0, { ...B0, transactions: [new Uint8Array(3)] }),
    expected: ['fault proposal.other-bodies'],
  },
]

testSteps(steps)

test('who proposed, and who prepared, is asked for the transactions of a proposal', () => {
  const message = proposal(1, B0, 1, { roundChanges: lockedClaims, prepared: preparedBy(B0, 0) })
  const need = createBench(3)
    .hear(message)
    .find((effect) => effect.type === 'need-block')
  assert.equal(need, {
    type: 'need-block',
    hash: hashOf(B0),
    outline: message.outline,
    from: 'peer',
    holders: [1, 0, 1, 2],
  })
})

test('who claims a locked block, and who prepared it, is asked for it', () => {
  const bench = createBench(1)
  bench.give({ type: 'awaiting' })
  bench.give(timeout)
  bench.hear(roundChange(0, 1))
  const need = bench.hear(roundChange(3, 1, locked)).find((effect) => effect.type === 'need-block')
  const { outline, from } = { outline: undefined, from: undefined }
  assert.equal(need, { type: 'need-block', hash: hashOf(B0), outline, from, holders: [3, 0, 1, 2] })
})

test.run()
