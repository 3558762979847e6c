import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type BodiesRequest, encodeFrame, type ProposalMessage } from '../../src/consensus/index.ts'
import { blob, encode, hexFromBytes, list } from '../../src/encoding/index.ts'
import { wireHash } from '../../src/ledger/transaction.ts'
import type { ReplicaEffect } from '../../src/replica/index.ts'
import { enrolment, START_MS } from './cluster-keys.ts'
import { askedOf, createMember, framesOf, framesOfType, genesis, type LoneMember } from './lone-member.ts'

const OPTIONS = { assemblyCostMsMax: 60_000, mempoolPerAccountMax: 4000 }
const bundleOf = (all: readonly Uint8Array[]): Uint8Array => encode(list(blob(1024), 1024), all)

/** Everybody's transactions, so that the member knows these before a proposal names them. */
const tell = (member: LoneMember, all: readonly Uint8Array[]): void => {
  for (let at = 0; at < all.length; at += 1000)
    member.hear({ type: 'bundle', bundle: bundleOf(all.slice(at, at + 1000)) }, (member.index + 1) % 4)
}

const makeTransactions = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, number) =>
    enrolment(genesis, number % 4, `t${number}`, START_MS + 300_000),
  )

/** The first proposal of the network, over these transactions, and what its proposer said with it. */
const propose = (all: readonly Uint8Array[]) => {
  for (const index of [0, 1, 2, 3]) {
    const proposer = createMember(index, OPTIONS)
    proposer.start(START_MS)
    tell(proposer, all.slice(0, -1))
    proposer.give(START_MS, { type: 'submit', token: 1, bytes: all.at(-1) as Uint8Array })
    const effects = proposer.meet(START_MS)
    const [proposal] = framesOfType(effects, 'proposal')
    if (proposal) return { proposer, proposal, effects }
  }
  throw new Error('nobody proposed')
}

/** A follower that knows some of the transactions and hears the proposal. */
const follow = (proposal: ProposalMessage, known: readonly Uint8Array[]) => {
  const index = (proposal.sender + 1) % 4
  const follower = createMember(index, OPTIONS)
  follower.start(START_MS)
  tell(follower, known)
  follower.meet(START_MS)
  return { follower, effects: follower.hear(proposal, proposal.sender) }
}

const questionIn = (effects: readonly ReplicaEffect[]): BodiesRequest => {
  const [question] = framesOfType(effects, 'bodies-request')
  if (!question) throw new Error('nothing was asked')
  return question
}

const SMALL = makeTransactions(12)
const round = propose(SMALL)

test('a proposal of 1,000 transactions is a small part of its block', () => {
  const all = makeTransactions(1000)
  const { proposal } = propose(all)
  assert.is(proposal.outline.wireHashes.length, 1000)
  const bodiesSizeBytes = all.reduce((sum, { length }) => sum + length, 0)
  const sizeBytes = encodeFrame(proposal).length
  assert.ok(sizeBytes < 36_000, `${sizeBytes} bytes`)
  assert.ok(sizeBytes * 8 < bodiesSizeBytes, `${sizeBytes} bytes for ${bodiesSizeBytes}`)
})

test('whoever has all transactions prepares without a question', () => {
  const all = makeTransactions(1000)
  const { effects } = follow(propose(all).proposal, all)
  assert.equal(
    framesOf(effects).map(({ type }) => type),
    ['prepare'],
  )
})

test('what the proposer has not spread yet goes ahead of its proposal', () => {
  const types = framesOf(round.effects).map(({ type }) => type)
  assert.equal(types.slice(0, 2), ['bundle', 'proposal'])
  const [bundle] = framesOfType(round.effects, 'bundle')
  assert.equal(bundle?.bundle, bundleOf(SMALL.slice(-1)))
})

test('what only its block refuses waits for the next one', () => {
  const twice = [0, 1].map((member) => enrolment(genesis, member, 'the same person', START_MS + 300_000))
  const { proposer, proposal, effects } = propose(twice)
  assert.is(proposal.outline.wireHashes.length, 1)
  assert.not.ok(effects.some(({ type }) => type === 'dropped'))
  assert.is(proposer.replica.status().mempool.transactions, 2)
})

test('what is missing is asked of the sender, and the proposal is prepared once it is here', () => {
  const { follower, effects } = follow(round.proposal, SMALL.slice(0, 9))
  const question = questionIn(effects)
  const missing = round.proposal.outline.wireHashes.flatMap((hash, index) =>
    SMALL.slice(9).some((bytes) => hexFromBytes(wireHash(bytes)) === hexFromBytes(hash)) ? [index] : [],
  )
  assert.equal(question.indices, missing)
  assert.equal(askedOf(effects, 'bodies-request'), [`peer-${round.proposal.sender}`])
  const [answer] = framesOfType(round.proposer.hear(question, follower.index), 'bodies')
  assert.is(answer?.transactions.length, 3)
  const after = answer ? follower.hear(answer, round.proposal.sender) : []
  assert.equal(
    framesOf(after).map(({ type }) => type),
    ['prepare'],
  )
  const walAt = after.findIndex(({ type }) => type === 'persist-wal')
  assert.ok(walAt >= 0 && walAt < after.findIndex(({ type }) => type === 'broadcast'))
})

test('transactions that come by gossip meanwhile do as well', () => {
  const { follower } = follow(round.proposal, SMALL.slice(0, 9))
  const effects = follower.hear({ type: 'bundle', bundle: bundleOf(SMALL.slice(9)) }, 3)
  assert.equal(framesOfType(effects, 'prepare').length, 1)
})

test('transactions other than those of the hashes are not used, and the next neighbour is asked', () => {
  const { follower, effects } = follow(round.proposal, SMALL.slice(0, 9))
  const question = questionIn(effects)
  const [answer] = framesOfType(round.proposer.hear(question, follower.index), 'bodies')
  if (!answer) throw new Error('no answer')
  const swapped = { ...answer, transactions: [...answer.transactions].reverse() }
  const after = follower.hear(swapped, round.proposal.sender)
  assert.ok(after.some((effect) => effect.type === 'log' && effect.event === 'bodies.false'))
  assert.equal(framesOfType(after, 'prepare'), [])
  const [next] = askedOf(after, 'bodies-request')
  assert.ok(next !== undefined && next !== `peer-${round.proposal.sender}`)
  const sound = follower.hear(answer, Number(next?.slice('peer-'.length)))
  assert.equal(framesOfType(sound, 'prepare').length, 1)
})

test('nobody answers who was not asked, and nobody answers twice', () => {
  const { follower, effects } = follow(round.proposal, SMALL.slice(0, 9))
  const [answer] = framesOfType(round.proposer.hear(questionIn(effects), follower.index), 'bodies')
  if (!answer) throw new Error('no answer')
  const other = [0, 1, 2, 3].find((index) => index !== follower.index && index !== round.proposal.sender)
  assert.equal(framesOf(follower.hear(answer, other ?? 0)), [])
  const empty = { ...answer, indices: [], transactions: [] }
  assert.equal(askedOf(follower.hear(empty, round.proposal.sender), 'bodies-request').length, 1)
  assert.equal(framesOf(follower.hear(answer, round.proposal.sender)), [])
})

test('whoever says nothing costs a moment; once everybody was asked in vain, the timer asks again', () => {
  const { follower, effects } = follow(round.proposal, SMALL.slice(0, 9))
  const asked = [...askedOf(effects, 'bodies-request')]
  for (let turn = 1; turn < 6; turn++)
    asked.push(...askedOf(follower.fire('bodies', START_MS + turn * 150), 'bodies-request'))
  assert.is(asked.length, 6)
  assert.is(new Set(asked.slice(0, 3)).size, 3)
  assert.equal(asked.slice(3), asked.slice(0, 3))
  const none = { type: 'bodies' as const, height: 1, blockHash: questionIn(effects).blockHash }
  const nothing = { ...none, outline: undefined, indices: [], transactions: [] }
  const questions = [0, 1, 2, 3].flatMap((from) =>
    askedOf(follower.hear(nothing, from, START_MS + 900), 'bodies-request'),
  )
  assert.ok(questions.length <= 3, `${questions.length} questions at once`)
})

test('a proposal that its proposer did not sign costs no question', () => {
  const forged = { ...round.proposal, signature: new Uint8Array(64) }
  const unjustified = { ...round.proposal, round: 1 }
  for (const proposal of [forged, unjustified]) assert.equal(framesOf(follow(proposal, []).effects), [])
})

test('a large block comes in several answers', () => {
  const all = makeTransactions(2000)
  const large = propose(all)
  assert.is(large.proposal.outline.wireHashes.length, 2000)
  const { follower, effects } = follow(large.proposal, [])
  let turn = effects
  let answers = 0
  while (framesOfType(turn, 'prepare').length === 0 && answers < 9) {
    const [answer] = framesOfType(large.proposer.hear(questionIn(turn), follower.index), 'bodies')
    if (!answer) throw new Error('no answer')
    answers += 1
    assert.ok(encodeFrame(answer).length < 600 * 1024)
    turn = follower.hear(answer, large.proposal.sender)
  }
  assert.ok(answers > 1 && answers < 9, `${answers} answers`)
})

test('whoever gives the same again and again is asked no longer', () => {
  const { proposer, proposal } = propose(makeTransactions(2000))
  const { follower, effects } = follow(proposal, [])
  const [answer] = framesOfType(proposer.hear(questionIn(effects), follower.index), 'bodies')
  if (!answer) throw new Error('no answer')
  const sender = `peer-${proposal.sender}`
  assert.equal(askedOf(follower.hear(answer, proposal.sender), 'bodies-request'), [sender])
  const [next] = askedOf(follower.hear(answer, proposal.sender), 'bodies-request')
  assert.ok(next !== undefined && next !== sender)
  const outline = { ...answer, outline: proposal.outline, indices: [], transactions: [] }
  const [other] = askedOf(follower.hear(outline, Number(next?.slice('peer-'.length))), 'bodies-request')
  assert.ok(other !== undefined && other !== next)
})

test('a neighbour is answered so much in a second, and only a validator at all', () => {
  const { follower, effects } = follow(round.proposal, [])
  const question = questionIn(effects)
  const answered = (from: number, nowMs: number): number =>
    Array.from({ length: 200 }, () => round.proposer.hear(question, from, nowMs)).filter(
      (each) => framesOfType(each, 'bodies').length > 0,
    ).length
  assert.is(answered(follower.index, START_MS + 5000), 64)
  assert.is(answered(follower.index, START_MS + 5999), 0)
  assert.is(answered(follower.index, START_MS + 6000), 64)
  assert.is(answered(9, START_MS + 6000), 0)
})

test('a block that is not here is answered with nothing, at once, and its outline on request', () => {
  const asker = (round.proposal.sender + 1) % 4
  const ask = (blockHash: Uint8Array, indices: readonly number[] | undefined) =>
    framesOfType(
      round.proposer.hear(
        { type: 'bodies-request', height: 1, blockHash, indices },
        asker,
        START_MS + 20_000,
      ),
      'bodies',
    )
  const [unknown] = ask(new Uint8Array(32), [0, 1])
  assert.equal(unknown?.transactions, [])
  const { blockHash } = questionIn(follow(round.proposal, []).effects)
  const [known] = ask(blockHash, undefined)
  assert.equal(known?.outline, round.proposal.outline)
  const [beyond] = ask(blockHash, [4000])
  assert.equal(beyond?.transactions, [])
})

test.run()
