import { faultyMax, quorumOf } from '../validators/quorum.ts'
import type { EngineScope } from './height-state.ts'

/** Rounds for which a late quorum of commits still decides. */
const COMMIT_ROUNDS_KEPT = 8

/** Puts the proposer of the present round on the clock. */
export const arm = ({ state, config, out }: EngineScope): void => {
  if (state.isArmed || state.isDecided) return
  state.isArmed = true
  out.push({ type: 'set-timer', name: 'round', delayMs: config.timeoutMs(state.round) })
}

/**
 * Starts the clock of a round above 0 only when a quorum asked for it or for a later one. Timeouts are capped, so
 * that a validator which ran ahead alone would stay ahead for good, and no quorum would ever be in one round
 * (Castro and Liskov, OSDI 1999, §4.5.2).
 */
export const armInCompany = (scope: EngineScope): void => {
  const { round, roundChanges, context } = scope.state
  const quorum = quorumOf(context.validators.length)
  if (round === 0 || roundChanges.roundReachedBy(quorum, round - 1) !== undefined) arm(scope)
}

/** Own messages are repeated every half timeout while the round lasts (consensus Q31). */
export const armResend = ({ state, config, out }: EngineScope): void => {
  out.push({ type: 'set-timer', name: 'resend', delayMs: Math.ceil(config.timeoutMs(state.round) / 2) })
}

/** A member was heard at this height; f + 1 of them (one honest among them) start the clock. */
export const noteActive = (scope: EngineScope, sender: number): void => {
  const { state } = scope
  state.active.add(sender)
  if (state.active.size > faultyMax(state.context.validators.length)) armInCompany(scope)
}

/** Enters a higher round: nothing is accepted in it yet, what is prepared stays, and its clock is not yet set. */
export const enterRound = (
  scope: EngineScope,
  round: number,
  reason: 'timeout' | 'jump' | 'proposal',
): void => {
  const { state, out } = scope
  state.round = round
  state.accepted = undefined
  state.judging = undefined
  state.awaited = undefined
  state.hasCommitted = false
  state.sent = []
  state.votes.prune(round, COMMIT_ROUNDS_KEPT)
  state.roundChanges.prune(round)
  state.isArmed = false
  out.push({ type: 'round', round, reason })
}
