import { equalBytes } from '../encoding/index.ts'
import { type Block, blockHash } from '../ledger/block.ts'
import { signerIndices } from '../votes/certificate.ts'
import { voteMessage } from '../votes/vote.ts'
import type { Peer } from './engine-types.ts'
import {
  blockOf,
  type EngineScope,
  hasProposal,
  justificationContext,
  keepBlock,
  proposerOf,
  type RoundBlock,
} from './height-state.ts'
import { validateJustification } from './justification.ts'
import type { ProposalMessage } from './messages.ts'
import { bookVote, checkCommits, checkPrepares } from './on-votes.ts'
import { isSoundOutline, outlineOf } from './outline.ts'
import { recordBody, sendOwn, signVote } from './own-messages.ts'
import { arm, enterRound, noteActive } from './rounds.ts'

/** Rounds ahead of the present one for which two proposals of one sender are told apart before they are justified. */
const ROUNDS_AHEAD_MAX = 2

/** UponProposal, last part: the block is good, so this validator prepares it. */
export const accept = (scope: EngineScope, candidate: RoundBlock): void => {
  const { state } = scope
  const { height, selfIndex } = state.context
  const { round, hash, block } = candidate
  state.judging = undefined
  state.accepted = candidate
  keepBlock(state, hash, block)
  const signature = signVote(scope, round, 'prepare', hash)
  if (signature !== undefined) {
    recordBody(scope, candidate)
    sendOwn(scope, { type: 'prepare', height, round, sender: selfIndex, blockHash: hash, signature })
    state.votes.add('prepare', round, selfIndex, { blockHash: hash, signature })
  }
  checkPrepares(scope)
  checkCommits(scope, round)
}

/** The replica executed the block. A bad one gets no prepare; the round then times out. */
export const onJudged = (scope: EngineScope, hash: Uint8Array, isValid: boolean): void => {
  const { state } = scope
  const { judging } = state
  if (
    judging === undefined ||
    state.isDecided ||
    !equalBytes(judging.hash, hash) ||
    judging.round !== state.round
  )
    return
  if (isValid) accept(scope, judging)
  else state.judging = undefined
}

/** The proposal of the present round is whole: the replica executes it before anything is signed for it. */
export const judge = (scope: EngineScope, candidate: RoundBlock): void => {
  const { state, out } = scope
  const { round, hash, block } = candidate
  state.awaited = undefined
  state.judging = candidate
  keepBlock(state, hash, block)
  checkCommits(scope, round)
  if (!state.isDecided) out.push({ type: 'judge', block, hash, round })
}

const fault = ({ out }: EngineScope, code: string, sender: number, from: Peer): void => {
  out.push({ type: 'fault', code, sender, from })
}

/** Whether the proposer of that round signed it, and whether this is its first word there. */
const isFirstSigned = (
  scope: EngineScope,
  message: ProposalMessage,
  hash: Uint8Array,
  from: Peer,
): boolean => {
  const { state, config } = scope
  const { height, round, sender, signature } = message
  const known = state.votes.find('proposal', round, sender)
  if (known !== undefined && equalBytes(known.blockHash, hash)) return round > state.round
  const key = state.context.validators[sender]?.votingKey
  const { networkId } = config
  const signed = voteMessage({ networkId, height, round, type: 'proposal', blockHash: hash })
  if (
    sender !== proposerOf(state, round) ||
    key === undefined ||
    !config.verifier.verify(key, signed, signature)
  ) {
    fault(scope, 'proposal.bad-signature', sender, from)
    return false
  }
  if (round > state.round + ROUNDS_AHEAD_MAX) return true
  return bookVote(scope, 'proposal', round, sender, { blockHash: hash, signature })
}

/**
 * UponProposal: for the present round when none is accepted in it, or for a higher round, whose quorum of
 * round-changes moves this validator there.
 */
export const onProposal = (scope: EngineScope, message: ProposalMessage, from: Peer): void => {
  const { state, out } = scope
  const { round, sender, outline } = message
  if (round < state.round) return
  const hash = blockHash(outline.header)
  if (!isFirstSigned(scope, message, hash, from)) return
  if (round === state.round && hasProposal(state)) return
  const justified = validateJustification(justificationContext(scope), message, hash)
  const code = justified.ok ? 'proposal.other-bodies' : justified.code
  if (!justified.ok || !isSoundOutline(outline)) {
    fault(scope, code, sender, from)
    return
  }
  if (round > state.round) enterRound(scope, round, 'proposal')
  bookVote(scope, 'proposal', round, sender, { blockHash: hash, signature: message.signature })
  noteActive(scope, sender)
  arm(scope)
  const block = blockOf(state, hash)
  if (block !== undefined) {
    judge(scope, { round, hash, block })
    return
  }
  state.awaited = { round, hash }
  const holders = [sender, ...(message.prepared ? signerIndices(message.prepared.bitmap) : [])]
  out.push({ type: 'need-block', hash, outline, from, holders })
}

/** Signs and sends a proposal of this validator for the present round; false where it may not sign. */
export const propose = (
  scope: EngineScope,
  block: Block,
  hash: Uint8Array,
  justification: Pick<ProposalMessage, 'roundChanges' | 'prepared'>,
): boolean => {
  const { state } = scope
  const { height, selfIndex } = state.context
  const { round } = state
  state.proposedRound = round
  const signature = signVote(scope, round, 'proposal', hash)
  if (signature === undefined) return false
  keepBlock(state, hash, block)
  recordBody(scope, { round, hash, block })
  const outline = outlineOf(block)
  sendOwn(scope, { type: 'proposal', height, round, sender: selfIndex, signature, outline, ...justification })
  state.votes.add('proposal', round, selfIndex, { blockHash: hash, signature })
  arm(scope)
  return true
}
