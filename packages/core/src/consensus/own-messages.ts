import { hexFromBytes } from '../encoding/index.ts'
import type { VoteType } from '../votes/vote.ts'
import { voteMessage } from '../votes/vote.ts'
import type { EngineScope, RoundBlock } from './height-state.ts'
import type { ConsensusMessage } from './messages.ts'
import { armResend } from './rounds.ts'
import type { SigningStep } from './signing-position.ts'

/** Signature of this validator at the present height, or undefined for an observer or where the guard refuses. */
export const signAt = (
  { config, state }: EngineScope,
  round: number,
  step: SigningStep,
  message: Uint8Array,
): Uint8Array | undefined =>
  state.context.selfIndex < 0
    ? undefined
    : config.sign({ height: state.context.height, round, step }, message)

/** As `signAt`, over a vote for a block. */
export const signVote = (
  scope: EngineScope,
  round: number,
  type: VoteType,
  blockHash: Uint8Array,
): Uint8Array | undefined => {
  const { networkId } = scope.config
  const { height } = scope.state.context
  return signAt(scope, round, type, voteMessage({ networkId, height, round, type, blockHash }))
}

/** The body of a block that this validator votes for becomes durable with the vote, once. */
export const recordBody = ({ state, records }: EngineScope, { round, hash, block }: RoundBlock): void => {
  const name = hexFromBytes(hash)
  if (state.durableBodies.has(name)) return
  state.durableBodies.add(name)
  records.push({ type: 'block', round, block })
}

/** Records an own signed message, sends it, and repeats it while the round lasts. */
export const sendOwn = (scope: EngineScope, message: ConsensusMessage): void => {
  if (scope.state.sent.length === 0) armResend(scope)
  scope.records.push({ type: 'sent', message })
  scope.sends.push(message)
  scope.state.sent.push(message)
}
