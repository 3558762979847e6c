import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type GovernanceAction,
  openProposalsIn,
  parametersIn,
  pendingChangeIn,
  proposalsIn,
  proposeChange,
  voteOnChange,
} from '../../../src/contracts/index.ts'
import { DEFAULT_PARAMETERS } from '../../../src/ledger/index.ts'
import { approvalsNeeded, quorumOf } from '../../../src/validators/index.ts'
import { codeOf, createGovernanceWorld, newcomer } from './governance-world.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const heartbeat = (heartbeatMs: number): GovernanceAction => ({
  type: 'parameters',
  parameters: { ...DEFAULT_PARAMETERS, heartbeatMs },
})

test('a change passes with more than two thirds of the present set, and not with a voice less', () => {
  assert.equal([4, 5, 6, 7, 9, 10].map(approvalsNeeded), [3, 4, 5, 5, 7, 7])
  for (const size of [4, 5, 6, 7]) {
    assert.ok(approvalsNeeded(size) >= quorumOf(size) && 3 * approvalsNeeded(size) > 2 * size)
    const world = createGovernanceWorld(size)
    world.block()
    const opened = world.propose(0, heartbeat(6000))
    assert.ok(opened.ok)
    for (let voter = 1; voter < approvalsNeeded(size); voter++) {
      assert.is(world.proposal(opened.value).outcome, 'open')
      assert.is(codeOf(world.vote(voter, opened.value)), 'ok')
    }
    assert.is(world.proposal(opened.value).outcome, 'passed')
    assert.is(pendingChangeIn(world.view)?.type, 'parameters')
  }
})

test('a proposal fails once too few are left who could approve', () => {
  for (const size of [4, 5, 6, 7]) {
    const world = createGovernanceWorld(size)
    world.block()
    const opened = world.propose(0, heartbeat(6000))
    assert.ok(opened.ok)
    const enough = size - approvalsNeeded(size) + 1
    for (let voter = 1; voter <= enough; voter++) {
      assert.is(world.proposal(opened.value).outcome, 'open')
      assert.is(codeOf(world.vote(voter, opened.value, false)), 'ok')
    }
    assert.is(world.proposal(opened.value).outcome, 'failed')
    assert.is(codeOf(world.vote(enough + 1, opened.value)), 'governance.proposal-closed')
    assert.is(pendingChangeIn(world.view), undefined)
  }
})

test('a vote is one, final, of an institution in the set, and for a proposal that is open', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const opened = world.propose(0, heartbeat(6000))
  assert.ok(opened.ok)
  assert.is(codeOf(world.vote(0, opened.value)), 'governance.already-voted')
  assert.is(codeOf(world.vote(1, opened.value, false)), 'ok')
  assert.is(codeOf(world.vote(1, opened.value)), 'governance.already-voted')
  assert.is(codeOf(world.vote(2, new Uint8Array(32))), 'governance.unknown-proposal')
  world.advance(DAY_MS)
  assert.is(codeOf(world.vote(2, opened.value)), 'governance.proposal-expired')
  assert.is(world.proposal(opened.value).outcome, 'expired')
})

// Of five, four must approve, of four three; of seven, three must reject, of six two.
for (const { name, size, approves, outcome, voters } of [
  {
    name: 'approvals that are enough once a member has left pass a proposal when one is given again',
    size: 5,
    approves: true,
    outcome: 'passed',
    voters: [2, 3, 4],
  },
  {
    name: 'rejections that are enough once a member has left end a proposal when one is given again',
    size: 7,
    approves: false,
    outcome: 'failed',
    voters: [2, 3, 4, 5],
  },
] as const) {
  test(name, () => {
    const world = createGovernanceWorld(size)
    world.block()
    const opened = world.propose(1, heartbeat(6000))
    assert.ok(opened.ok)
    for (const voter of [2, 3]) assert.is(codeOf(world.vote(voter, opened.value, approves)), 'ok')
    assert.is(codeOf(world.vote(2, opened.value, approves)), 'governance.already-voted')
    const leaves = { type: 'remove', institution: world.idOf(0), keepsAccount: true } as const
    assert.is(codeOf(world.pass(leaves, voters)), 'ok')
    world.block()
    assert.is(world.proposal(opened.value).outcome, 'open')
    assert.is(codeOf(world.vote(2, opened.value, !approves)), 'governance.already-voted')
    assert.is(codeOf(world.vote(2, opened.value, approves)), 'ok')
    assert.is(world.proposal(opened.value).outcome, outcome)
    assert.is(codeOf(world.vote(3, opened.value, approves)), 'governance.proposal-closed')
  })
}

test('an observer neither proposes nor votes', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const observer = newcomer('observer', { isValidator: false })
  const admitted = world.pass({ type: 'add', member: observer })
  assert.ok(admitted.ok)
  const opened = world.propose(0, heartbeat(6000))
  assert.ok(opened.ok)
  const ballot = { proposal: opened.value, approves: true }
  assert.is(
    codeOf(world.send(observer, voteOnChange.kind, voteOnChange.payload, ballot)),
    'governance.not-validator',
  )
  const action = heartbeat(7000)
  assert.is(
    codeOf(world.send(observer, proposeChange.kind, proposeChange.payload, { action })),
    'governance.not-validator',
  )
})

test('one open proposal an institution, sixteen in all, and the expired ones count no more', () => {
  const world = createGovernanceWorld(19)
  world.block()
  for (let proposer = 0; proposer < 16; proposer++)
    assert.is(codeOf(world.propose(proposer, heartbeat(6000 + proposer))), 'ok')
  assert.is(codeOf(world.propose(0, heartbeat(7000))), 'governance.proposal-open')
  assert.is(codeOf(world.propose(16, heartbeat(7000))), 'governance.too-many-proposals')
  world.advance(DAY_MS)
  assert.is(openProposalsIn(world.view, world.now()).length, 0)
  assert.is(codeOf(world.propose(0, heartbeat(7000))), 'ok')
  assert.is(codeOf(world.propose(16, heartbeat(7000))), 'ok')
})

test('the state holds the last 64 proposals and none that is open goes', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const first = world.propose(1, heartbeat(9000))
  assert.ok(first.ok)
  for (let turn = 0; turn < 100; turn++) {
    const opened = world.propose(0, heartbeat(6000))
    assert.ok(opened.ok)
    for (const voter of [1, 2]) assert.is(codeOf(world.vote(voter, opened.value, false)), 'ok')
  }
  assert.is(proposalsIn(world.view, world.now()).length, 64)
  assert.is(world.proposal(first.value).outcome, 'open')
})

test('two changes at a time are refused, until the first is in force', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const first = world.propose(0, heartbeat(6000))
  const second = world.propose(1, heartbeat(7000))
  assert.ok(first.ok && second.ok)
  for (const voter of [1, 2]) assert.is(codeOf(world.vote(voter, first.value)), 'ok')
  assert.is(codeOf(world.vote(2, second.value)), 'ok')
  assert.is(codeOf(world.vote(3, second.value)), 'governance.change-pending')
  world.block()
  assert.is(parametersIn(world.view).heartbeatMs, 6000)
  assert.is(codeOf(world.vote(3, second.value)), 'ok')
})

test('parameters are in force two heights after the vote', () => {
  const world = createGovernanceWorld(4)
  world.block()
  assert.is(codeOf(world.pass(heartbeat(6000))), 'ok')
  // The state after a block holds for the block above it.
  assert.is(parametersIn(world.view).heartbeatMs, 5000)
  world.block()
  assert.is(parametersIn(world.view).heartbeatMs, 6000)
  assert.is(pendingChangeIn(world.view), undefined)
})

test('no vote gives parameters with which the network could not go on', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const refused = [
    { ...DEFAULT_PARAMETERS, blockIntervalMs: 10_001, heartbeatMs: 20_000 },
    { ...DEFAULT_PARAMETERS, blockIntervalMs: 6000, heartbeatMs: 5999 },
    { ...DEFAULT_PARAMETERS, blockIntervalMs: 0, heartbeatMs: 499 },
    { ...DEFAULT_PARAMETERS, blockBytesMax: 1024 * 1024 - 1 },
    { ...DEFAULT_PARAMETERS, blockTransactionsMax: 15 },
  ]
  for (const parameters of refused)
    assert.is(codeOf(world.propose(0, { type: 'parameters', parameters })), 'governance.bad-parameters')
  assert.is(
    codeOf(world.propose(0, { type: 'parameters', parameters: world.genesis.parameters })),
    'governance.no-effect',
  )
})

test.run()
