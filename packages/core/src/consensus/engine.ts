import { assertInvariant } from '../encoding/index.ts'
import type { Engine, EngineConfig, EngineEffect, EngineInput, EngineView, Peer } from './engine-types.ts'
import { createFutureBuffer, type FutureBuffer, HEIGHTS_AHEAD_MAX } from './future-buffer.ts'
import {
  blockOf,
  createHeightState,
  type EngineScope,
  type HeightState,
  hasProposal,
  proposerOf,
} from './height-state.ts'
import { type ConsensusMessage, roundOf, senderOf } from './messages.ts'
import { onJudged, onProposal } from './on-proposal.ts'
import { onBlock, onBuilt, onRoundChange, onRoundTimeout } from './on-round-change.ts'
import { onVote } from './on-votes.ts'
import { restore } from './restore.ts'
import { arm, armResend } from './rounds.ts'
import { isSignedByMember } from './signed-by-member.ts'

const ROUNDS_AHEAD_MAX = 2
const ROUNDS_BEHIND_MAX = 8

/** A member's message of this height. */
const onPresentMessage = (scope: EngineScope, message: ConsensusMessage, from: Peer): void => {
  if (scope.state.isDecided) return
  const ahead = roundOf(message) - scope.state.round
  if (message.type === 'proposal') onProposal(scope, message, from)
  else if (message.type === 'round-change') onRoundChange(scope, message, from)
  else if (ahead <= ROUNDS_AHEAD_MAX && ahead >= (message.type === 'commit' ? -ROUNDS_BEHIND_MAX : 0)) {
    onVote(scope, message, from)
  }
}

/** Membership before signature, height before round (consensus Q7). */
const onMessage = (scope: EngineScope, future: FutureBuffer, message: ConsensusMessage, from: Peer): void => {
  const { state, out, config } = scope
  const { height, validators } = state.context
  const sender = senderOf(message)
  if (message.height < height) {
    out.push({ type: 'laggard', height: message.height, from })
    return
  }
  if (sender >= validators.length || sender === state.context.selfIndex) return
  if (message.height === height) {
    onPresentMessage(scope, message, from)
    return
  }
  if (message.height <= height + HEIGHTS_AHEAD_MAX && future.has(message)) return
  if (!isSignedByMember(config, validators, message)) {
    // The set of that height may be another one: this blames nobody.
    out.push({ type: 'fault', code: 'vote.unknown-signature', sender, from })
    return
  }
  out.push({ type: 'behind', height: message.height, from })
  if (message.height <= height + HEIGHTS_AHEAD_MAX) future.add({ message, from })
}

const onResend = (scope: EngineScope): void => {
  if (scope.state.isDecided || scope.state.sent.length === 0) return
  scope.sends.push(...scope.state.sent)
  armResend(scope)
}

const isProposer = (state: HeightState): boolean => proposerOf(state, state.round) === state.context.selfIndex

const viewOf = (state: HeightState): EngineView => ({
  height: state.context.height,
  round: state.round,
  proposerIndex: proposerOf(state, state.round),
  hasProposal: hasProposal(state),
  hasBlock: (state.accepted !== undefined || state.judging !== undefined) && !isProposer(state),
  hasProposed: state.proposedRound >= state.round,
  isArmed: state.isArmed,
  isDecided: state.isDecided,
  preparedRound: state.prepared?.round,
  preparedHash: state.prepared?.hash,
})

/** Everything that one input persists is one effect, ahead of everything that it sends (consensus Q37). */
const effectsOf = ({ records, sends, out }: EngineScope): readonly EngineEffect[] => {
  const persist: EngineEffect[] = records.length > 0 ? [{ type: 'persist', records }] : []
  return [...persist, ...sends.map((message) => ({ type: 'broadcast' as const, message })), ...out]
}

/**
 * QBFT for one validator or observer: inputs in, effects out; no clock, randomness or waiting. The first input
 * is `height`. Source: EEA QBFT specification, ConsenSys' Dafny text (spec/L1/node.dfy), named at each rule.
 */
export const createEngine = (config: EngineConfig): Engine => {
  const future = createFutureBuffer()
  let state: HeightState | undefined

  const dispatch = (scope: EngineScope, input: EngineInput): void => {
    if (input.type === 'message') onMessage(scope, future, input.message, input.from)
    else if (input.type === 'block') onBlock(scope, input.hash, input.block)
    else if (input.type === 'judged') onJudged(scope, input.hash, input.isValid)
    else if (input.type === 'built') onBuilt(scope, input.round, input.block)
    else if (input.type === 'awaiting') arm(scope)
    else if (input.type === 'timer' && input.name === 'round') onRoundTimeout(scope)
    else if (input.type === 'timer') onResend(scope)
    else if (input.type === 'peer') {
      scope.out.push(
        ...scope.state.sent.map((message) => ({ type: 'send' as const, to: input.peer, message })),
      )
    } else if (input.type === 'height') {
      scope.out.push({ type: 'clear-timer', name: 'round' }, { type: 'clear-timer', name: 'resend' })
      restore(scope, input.records)
      for (const { message, from } of future.take(input.context.height))
        onMessage(scope, future, message, from)
    }
  }

  return {
    handle: (input) => {
      if (input.type === 'height') state = createHeightState(input.context)
      assertInvariant(state !== undefined, 'the engine has no height yet')
      const scope: EngineScope = { config, state, records: [], sends: [], out: [] }
      dispatch(scope, input)
      return effectsOf(scope)
    },
    view: () => {
      assertInvariant(state !== undefined, 'the engine has no height yet')
      return viewOf(state)
    },
    blockOf: (hash) => state && blockOf(state, hash),
    blocks: () => [...(state?.blocks.values() ?? [])],
  }
}
