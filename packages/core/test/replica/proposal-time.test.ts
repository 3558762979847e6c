import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EMPTY_LOG, rootFromFrontier } from '../../src/crypto/merkle-log.ts'
import { BLOCK_TIME_MS_MAX, blockHash, type Header, transactionsRootOf } from '../../src/ledger/block.ts'
import { institutionIdOf, networkIdOf, validatorsOf } from '../../src/ledger/genesis.ts'
import { validatorSetHash } from '../../src/validators/index.ts'
import { roundChangeMessage, voteMessage } from '../../src/votes/index.ts'
import { fakeSigner, START_MS } from './cluster-keys.ts'
import { createMember, framesOf, genesis } from './lone-member.ts'

/** The proposer's first proposal, made when its clock shows `proposerMs`, heard by a voter whose clock shows START_MS. */
const hear = (aheadMs: number) => {
  const proposals = genesis.members.flatMap((_, index) => {
    const member = createMember(index)
    const effects = [...member.start(START_MS + aheadMs), ...member.meet(START_MS + aheadMs)]
    return framesOf(effects).filter((frame) => frame.type === 'proposal')
  })
  const [proposal] = proposals
  if (proposal?.type !== 'proposal') throw new Error('nobody proposed')
  const voter = createMember((proposal.sender + 1) % 4)
  voter.start(START_MS)
  voter.meet(START_MS)
  return { voter, effects: voter.hear(proposal, proposal.sender) }
}

test('a proposal that is due is prepared at once', () => {
  assert.equal(
    framesOf(hear(0).effects).map((frame) => frame.type),
    ['prepare'],
  )
})

test('one that is early is held until it is due', () => {
  const { voter, effects } = hear(700)
  assert.equal(framesOf(effects), [])
  const hold = effects.find((effect) => effect.type === 'set-timer' && effect.name === 'hold')
  if (hold?.type !== 'set-timer') throw new Error('no hold timer')
  assert.is(hold.delayMs, 700)
  const due = voter.give(START_MS + 700, { type: 'timer', name: 'hold', id: hold.id })
  assert.equal(
    framesOf(due).map((frame) => frame.type),
    ['prepare'],
  )
})

test('one that is far ahead gets no prepare at all', () => {
  const { effects } = hear(16_000)
  assert.equal(framesOf(effects), [])
  assert.not.ok(effects.some((effect) => effect.type === 'set-timer' && effect.name === 'hold'))
})

/** A justified proposal of round 1, whose header nobody but its signer made up. */
const laterProposal = (timeMs: number) => {
  const networkId = networkIdOf(genesis)
  const [, liar] = genesis.members
  if (!liar) throw new Error('no member')
  const set = validatorSetHash(validatorsOf(genesis))
  const header: Header = {
    version: 1,
    networkId,
    height: 1,
    round: 1,
    parentHash: networkId,
    timeMs,
    proposer: institutionIdOf(liar),
    transactionsRoot: transactionsRootOf([]),
    stateRoot: new Uint8Array(32),
    logRoot: rootFromFrontier(EMPTY_LOG),
    logSize: 0,
    validatorSetHash: set,
    nextValidatorSetHash: set,
  }
  const claim = { newRound: 1, preparedRound: undefined, preparedHash: undefined }
  const message = roundChangeMessage({ networkId, height: 1, ...claim })
  const roundChanges = genesis.members.slice(1).map((member, at) => ({
    ...claim,
    sender: at + 1,
    signature: fakeSigner(member.votingKey).sign(message),
  }))
  const vote = { networkId, height: 1, round: 1, type: 'proposal', blockHash: blockHash(header) } as const
  return {
    type: 'proposal',
    height: 1,
    round: 1,
    sender: 1,
    signature: fakeSigner(liar.votingKey).sign(voteMessage(vote)),
    outline: { header, wireHashes: [] },
    roundChanges,
    prepared: undefined,
  } as const
}

test('one of the end of all calendars stops nobody, though it marks who missed a turn', () => {
  const voter = createMember(0)
  voter.start(START_MS)
  voter.meet(START_MS)
  const effects = voter.hear(laterProposal(BLOCK_TIME_MS_MAX), 1)
  const refusal = effects.find((effect) => effect.type === 'log' && effect.event === 'proposal.refused')
  assert.is(refusal?.type === 'log' && refusal.fields['code'], 'block.wrong-state-root')
  assert.throws(() => laterProposal(BLOCK_TIME_MS_MAX + 1))
})

test.run()
