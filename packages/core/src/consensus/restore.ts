import { assertInvariant, hexFromBytes } from '../encoding/index.ts'
import { blockHash } from '../ledger/block.ts'
import { blockOf, type EngineScope, keepBlock } from './height-state.ts'
import { roundOf, type ConsensusMessage } from './messages.ts'
import type { ConsensusRecord } from './records.ts'
import { arm, armResend } from './rounds.ts'

/** Books an own message again, as it was before the crash. */
const restoreSent = ({ state }: EngineScope, message: ConsensusMessage): void => {
  const round = roundOf(message)
  if (message.type === 'round-change') {
    state.roundChanges.add(round, { claim: message.claim, prepared: message.prepared })
    return
  }
  const hash = message.type === 'proposal' ? blockHash(message.block.header) : message.blockHash
  state.votes.add(message.type, round, message.sender, { blockHash: hash, signature: message.signature })
  if (message.type === 'proposal') {
    keepBlock(state, hash, message.block)
    state.proposedRound = Math.max(state.proposedRound, round)
  }
}

/** A round-change as it was sent: the WAL holds the block elsewhere. */
const withBlock = ({ state }: EngineScope, message: ConsensusMessage): ConsensusMessage =>
  message.type === 'round-change' && message.claim.preparedHash !== undefined
    ? { ...message, block: blockOf(state, message.claim.preparedHash) }
    : message

/** Brings back what the WAL holds of this height: round, lock, accepted block and own messages, nothing re-signed. */
export const restore = (scope: EngineScope, records: readonly ConsensusRecord[]): void => {
  const { state } = scope
  if (records.length === 0) return
  for (const record of records) if (record.type === 'block') keepBlock(state, blockHash(record.block.header), record.block)
  for (const record of records) {
    if (record.type === 'sent') {
      restoreSent(scope, record.message)
      state.round = Math.max(state.round, roundOf(record.message))
    } else if (record.type === 'block') {
      state.round = Math.max(state.round, record.round)
      state.accepted = { round: record.round, hash: blockHash(record.block.header), block: record.block }
    } else {
      const block = blockOf(state, record.hash)
      assertInvariant(block !== undefined, `WAL: prepared block ${hexFromBytes(record.hash)} has no body`)
      state.round = Math.max(state.round, record.round)
      state.prepared = { round: record.round, hash: record.hash, block, certificate: record.certificate }
    }
  }
  if (state.accepted?.round !== state.round) state.accepted = undefined
  state.hasCommitted = state.prepared?.round === state.round
  state.sent = records.flatMap(record =>
    record.type === 'sent' && roundOf(record.message) === state.round ? [withBlock(scope, record.message)] : [],
  )
  arm(scope)
  if (state.sent.length > 0) {
    scope.sends.push(...state.sent)
    armResend(scope)
  }
}
