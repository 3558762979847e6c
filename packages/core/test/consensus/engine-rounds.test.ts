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
  preparedBy,
  proposal,
  roundChange,
  vote,
  whole,
} from './engine-bench.ts'

const B0 = makeBlock(0)
const OTHER = makeBlock(0, 0, 1)
const B1 = makeBlock(1, 1)

const judged = (block = B0, isValid = true): EngineInput => ({ type: 'judged', hash: hashOf(block), isValid })

interface Step {
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
const bring = (bench: Bench): void => {
  bench.hear(proposal(0, B0))
  bench.give(whole(B0))
}

const prepareB0 = (bench: Bench): void => {
  bring(bench)
  bench.give(judged())
}

const lockB0 = (bench: Bench): void => {
  prepareB0(bench)
  for (const sender of [0, 3]) bench.hear(vote('prepare', sender, B0))
}

const timeout: EngineInput = { type: 'timer', name: 'round' }
const justified: Partial<ProposalMessage> = { roundChanges: [0, 1, 3].map((sender) => claim(sender, 1)) }
const locked = { block: B0, round: 0 }
const lockedClaims = [claim(0, 1), claim(1, 1, locked), claim(3, 1)]

const steps: readonly Step[] = [
  {
    description: 'UponBlockTimeout: the proposer signs proposal and prepare and persists both before sending',
    self: 0,
    input: { type: 'built', round: 0, block: B0 },
    expected: [
      'persist block+proposal+prepare',
      'broadcast proposal',
      'broadcast prepare',
      'resend in 500',
      'round in 1000',
    ],
  },
  {
    description: 'UponProposal: a proposal starts the clock before its transactions are here',
    self: 2,
    input: proposal(0, B0),
    expected: ['round in 1000', 'need-block'],
  },
  {
    description: 'UponProposal: once it is whole it is judged before anything is signed',
    self: 2,
    given: (bench) => bench.hear(proposal(0, B0)),
    input: whole(B0),
    expected: ['judge 0'],
  },
  {
    description: 'a block that nobody proposed is kept and not judged',
    self: 2,
    given: (bench) => bench.hear(proposal(0, B0)),
    input: whole(OTHER),
    expected: [],
  },
  {
    description: 'a second proposal is not looked at while the transactions of the first are fetched',
    self: 2,
    given: (bench) => {
      bench.hear(proposal(0, B0))
      bench.give(whole(OTHER))
    },
    input: proposal(0, OTHER),
    expected: ['evidence proposal 0'],
  },
  {
    description: 'UponProposal: a good block is durable with the prepare, which then goes out',
    self: 2,
    given: bring,
    input: judged(),
    expected: ['persist block+prepare', 'broadcast prepare', 'resend in 500'],
  },
  {
    description: 'a bad block gets no prepare',
    self: 2,
    given: bring,
    input: judged(B0, false),
    expected: [],
  },
  {
    description: 'only the proposer of the round proposes',
    self: 2,
    input: proposal(1, B0),
    expected: ['fault proposal.bad-signature'],
  },
  {
    description: 'the block must be of the round and proposer when nothing is prepared',
    self: 2,
    input: proposal(0, makeBlock(1)),
    expected: ['fault proposal.first-round'],
  },
  {
    description: 'round 0 carries no justification',
    self: 2,
    input: proposal(0, B0, 0, justified),
    expected: ['fault proposal.first-round'],
  },
  {
    description: 'a second proposal of the same round is evidence and not judged',
    self: 2,
    given: (bench) => bench.hear(proposal(0, B0)),
    input: proposal(0, OTHER),
    expected: ['evidence proposal 0'],
  },
  {
    description: 'UponPrepare: quorum with the own prepare locks and commits',
    self: 2,
    given: (bench) => {
      prepareB0(bench)
      bench.hear(vote('prepare', 0, B0))
    },
    input: vote('prepare', 3, B0),
    expected: ['persist prepared+commit', 'broadcast commit'],
  },
  {
    description: 'UponPrepare: a further prepare changes nothing',
    self: 2,
    given: lockB0,
    input: vote('prepare', 1, B0),
    expected: [],
  },
  {
    description: 'prepares for another block do not count',
    self: 2,
    given: (bench) => {
      prepareB0(bench)
      bench.hear(vote('prepare', 0, OTHER))
    },
    input: vote('prepare', 3, OTHER),
    expected: [],
  },
  {
    description: 'UponCommit: quorum decides, once',
    self: 2,
    given: (bench) => {
      lockB0(bench)
      bench.hear(vote('commit', 0, B0))
    },
    input: vote('commit', 3, B0),
    expected: ['clear round', 'clear resend', 'decide'],
  },
  {
    description: 'UponCommit: a quorum of the others decides a proposal that is still being judged',
    self: 2,
    given: (bench) => {
      bring(bench)
      for (const sender of [0, 1]) bench.hear(vote('commit', sender, B0))
    },
    input: vote('commit', 3, B0),
    expected: ['clear round', 'clear resend', 'decide'],
  },
  {
    description: 'UponCommit: a quorum of the others decides a proposal as soon as it is whole',
    self: 2,
    given: (bench) => {
      bench.hear(proposal(0, B0))
      for (const sender of [0, 1, 3]) bench.hear(vote('commit', sender, B0))
    },
    input: whole(B0),
    expected: ['clear round', 'clear resend', 'decide'],
  },
  {
    description: 'a quorum for a block that is not here asks for it',
    self: 2,
    given: (bench) => {
      for (const sender of [0, 1]) bench.hear(vote('commit', sender, B0))
    },
    input: vote('commit', 3, B0),
    expected: ['certified'],
  },
  {
    description: 'commits of an earlier round still decide',
    self: 2,
    given: (bench) => {
      lockB0(bench)
      bench.give(timeout)
      bench.hear(vote('commit', 0, B0))
    },
    input: vote('commit', 3, B0),
    expected: ['clear round', 'clear resend', 'decide'],
    round: 1,
  },
  {
    description: 'two votes of one sender are evidence',
    self: 2,
    given: (bench) => bench.hear(vote('prepare', 3, B0)),
    input: vote('prepare', 3, OTHER),
    expected: ['evidence prepare 3'],
  },
  {
    description: 'a vote with a false signature',
    self: 2,
    input: { ...vote('prepare', 3, B0), round: 1 } as ConsensusMessage,
    expected: ['fault vote.bad-signature'],
  },
  {
    description: 'no member, no signature check',
    self: 2,
    input: { ...vote('prepare', 3, B0), sender: 9 } as ConsensusMessage,
    expected: [],
  },
  {
    description: 'the first silent member changes nothing, f + 1 heard members start the clock',
    self: 2,
    given: (bench) => bench.hear(vote('prepare', 3, B0)),
    input: vote('prepare', 1, B0),
    expected: ['round in 1000'],
  },
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

for (const { description, self, given, input, expected, round } of steps) {
  test(description, () => {
    const bench = createBench(self)
    given?.(bench)
    const effects = isMessage(input) ? bench.hear(input) : bench.give(input)
    assert.equal(brief(effects), expected)
    if (round !== undefined) assert.is(bench.engine.view().round, round)
  })
}

test.run()
