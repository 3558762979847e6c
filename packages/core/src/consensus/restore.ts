import { assertInvariant, hexFromBytes } from '../encoding/index.ts'
import { type Block, blockHash } from '../ledger/block.ts'
import { blockOf, type EngineScope, type HeightState, keepBlock } from './height-state.ts'
import { type ConsensusMessage, roundOf } from './messages.ts'
import type { ConsensusRecord } from './records.ts'
import { arm, armInCompany, armResend } from './rounds.ts'

type Bodies = ReadonlyMap<string, Block>

/** All that the records hold: more than the engine keeps, which lets go of the oldest. */
const bodiesIn = (records: readonly ConsensusRecord[]): Bodies =>
  new Map(
    records.flatMap((record) =>
      record.type === 'block' ? [[hexFromBytes(blockHash(record.block.header)), record.block]] : [],
    ),
  )

/** The block of a vote, in hand again. */
const recall = (state: HeightState, bodies: Bodies, hash: Uint8Array): Block | undefined => {
  const block = bodies.get(hexFromBytes(hash))
  if (block !== undefined) keepBlock(state, hash, block)
  return block
}

/** Books an own message again, as it was before the crash. */
const restoreSent = ({ state }: EngineScope, bodies: Bodies, message: ConsensusMessage): void => {
  const round = roundOf(message)
  if (message.type === 'round-change') {
    state.roundChanges.add(round, { claim: message.claim, prepared: message.prepared })
    return
  }
  const hash = message.type === 'proposal' ? blockHash(message.outline.header) : message.blockHash
  state.votes.add(message.type, round, message.sender, { blockHash: hash, signature: message.signature })
  if (message.type === 'proposal') state.proposedRound = Math.max(state.proposedRound, round)
  const block = recall(state, bodies, hash)
  if (message.type === 'prepare' && block !== undefined) state.accepted = { round, hash, block }
}

/** A crash came between an own proposal and its judgement: judge it now, so that it gets the own prepare. */
const judgeOwnProposal = ({ state, out }: EngineScope): void => {
  const own = state.sent.find((message) => message.type === 'proposal')
  if (own?.type !== 'proposal' || state.accepted !== undefined) return
  const hash = blockHash(own.outline.header)
  const block = blockOf(state, hash)
  assertInvariant(block !== undefined, `WAL: proposed block ${hexFromBytes(hash)} has no body`)
  state.judging = { round: own.round, hash, block }
  out.push({ type: 'judge', block, hash, round: own.round })
}

/** A vote in a round above 0 was given for a proposal that a quorum's wish for that round justified: its clock ran. */
const armAgain = (scope: EngineScope): void => {
  if (scope.state.sent.some(({ type }) => type !== 'round-change')) arm(scope)
  else armInCompany(scope)
}

/** Brings back what the WAL holds of this height: round, lock, accepted block and own messages, nothing re-signed. */
export const restore = (scope: EngineScope, records: readonly ConsensusRecord[]): void => {
  const { state } = scope
  if (records.length === 0) return
  const bodies = bodiesIn(records)
  for (const name of bodies.keys()) state.durableBodies.add(name)
  for (const record of records) {
    if (record.type === 'block') keepBlock(state, blockHash(record.block.header), record.block)
    else if (record.type === 'sent') {
      restoreSent(scope, bodies, record.message)
      state.round = Math.max(state.round, roundOf(record.message))
    } else {
      const block = recall(state, bodies, record.hash)
      assertInvariant(block !== undefined, `WAL: prepared block ${hexFromBytes(record.hash)} has no body`)
      state.round = Math.max(state.round, record.round)
      state.prepared = { round: record.round, hash: record.hash, block, certificate: record.certificate }
    }
  }
  if (state.accepted?.round !== state.round) state.accepted = undefined
  state.hasCommitted = state.prepared?.round === state.round
  state.sent = records.flatMap((record) =>
    record.type === 'sent' && roundOf(record.message) === state.round ? [record.message] : [],
  )
  judgeOwnProposal(scope)
  armAgain(scope)
  if (state.sent.length > 0) {
    scope.sends.push(...state.sent)
    armResend(scope)
  }
}
