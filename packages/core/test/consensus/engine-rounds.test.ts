import { test } from 'uvu'
import type { ConsensusMessage } from '../../src/consensus/index.ts'
import { makeBlock, proposal, vote, whole } from './engine-bench.ts'
import {
  B0,
  bring,
  judged,
  justified,
  lockB0,
  OTHER,
  prepareB0,
  type Step,
  testSteps,
  timeout,
} from './engine-steps.ts'

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
]

testSteps(steps)

test.run()
