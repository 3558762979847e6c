import { blockHash } from '../ledger/block.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import { voteMessage } from '../votes/vote.ts'
import type { EngineConfig } from './engine-types.ts'
import { isValidRoundChange } from './justification.ts'
import type { ConsensusMessage } from './messages.ts'

/** Whether the member that the message names signed it, whatever it says. */
export const isSignedByMember = (
  { networkId, verifier }: Pick<EngineConfig, 'networkId' | 'verifier'>,
  validators: ValidatorSet,
  message: ConsensusMessage,
): boolean => {
  const { height } = message
  if (message.type === 'round-change') {
    return isValidRoundChange({ networkId, height, validators, verifier }, message.claim)
  }
  const member = validators[message.sender]
  if (member === undefined) return false
  const { type, round, signature } = message
  const hash = type === 'proposal' ? blockHash(message.outline.header) : message.blockHash
  return verifier.verify(
    member.votingKey,
    voteMessage({ networkId, height, round, type, blockHash: hash }),
    signature,
  )
}
