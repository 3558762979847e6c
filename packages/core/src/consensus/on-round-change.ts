import { equalBytes, hexFromBytes } from '../encoding/index.ts'
import { type Block, blockHash } from '../ledger/block.ts'
import { faultyMax, quorumOf } from '../validators/quorum.ts'
import { signerIndices } from '../votes/certificate.ts'
import { roundChangeMessage } from '../votes/vote.ts'
import type { Peer } from './engine-types.ts'
import {
  blockOf,
  type EngineScope,
  hasProposal,
  justificationContext,
  keepBlock,
  proposerOf,
} from './height-state.ts'
import { highestPrepared, isPreparedCertificate, isValidRoundChange } from './justification.ts'
import type { ProposalMessage, RoundChangeMessage, SignedRoundChange } from './messages.ts'
import { accept, judge, propose } from './on-proposal.ts'
import { checkCommits } from './on-votes.ts'
import { sendOwn, signAt } from './own-messages.ts'
import type { BookedRoundChange } from './round-change-book.ts'
import { armInCompany, enterRound, noteActive } from './rounds.ts'

/** `createRoundChange` of the QBFT specification, signed, sent and booked as an own one. */
const sendRoundChange = (scope: EngineScope): void => {
  const { state, config } = scope
  const { height, selfIndex } = state.context
  const { round: newRound, prepared } = state
  const claim = { newRound, preparedRound: prepared?.round, preparedHash: prepared?.hash }
  const message = roundChangeMessage({ networkId: config.networkId, height, ...claim })
  const signature = signAt(scope, newRound, 'round-change', message)
  if (signature === undefined) return
  const signed: SignedRoundChange = { ...claim, sender: selfIndex, signature }
  sendOwn(scope, { type: 'round-change', height, claim: signed, prepared: prepared?.certificate })
  state.roundChanges.add(newRound, { claim: signed, prepared: prepared?.certificate })
}

/** A quorum of round-changes for the present round, and what they oblige its proposer to propose. */
const justificationOf = (
  entries: readonly BookedRoundChange[],
): Pick<ProposalMessage, 'roundChanges' | 'prepared'> & { readonly preparedHash: Uint8Array | undefined } => {
  const roundChanges = entries.map((entry) => entry.claim)
  const highest = highestPrepared(roundChanges)
  const prepared = entries.find((entry) => entry.claim === highest)?.prepared
  return { roundChanges, prepared, preparedHash: highest?.preparedHash }
}

/**
 * Round-changes of the present round whose prepared block, if any, is here. A quorum of them is as good as any other:
 * whatever can have been decided is prepared in each quorum.
 */
const usableEntries = ({ state }: EngineScope): readonly BookedRoundChange[] =>
  state.roundChanges
    .forRound(state.round)
    .filter(
      ({ claim }) => claim.preparedHash === undefined || blockOf(state, claim.preparedHash) !== undefined,
    )

/** Asks for the prepared blocks without which there is no quorum to propose on: of who claims them, and of who prepared them. */
const needPrepared = ({ state, out }: EngineScope): void => {
  const asked = new Set<string>()
  const entries = state.roundChanges.forRound(state.round)
  for (const { claim, prepared } of entries) {
    const hash = claim.preparedHash
    if (hash === undefined || prepared === undefined || blockOf(state, hash) || asked.has(hexFromBytes(hash)))
      continue
    asked.add(hexFromBytes(hash))
    const claimers = entries.flatMap((entry) =>
      entry.claim.preparedHash && equalBytes(entry.claim.preparedHash, hash) ? [entry.claim.sender] : [],
    )
    const holders = [...claimers, ...signerIndices(prepared.bitmap)]
    out.push({ type: 'need-block', hash, outline: undefined, from: undefined, holders })
  }
}

/** UponRoundChange, first part: the proposer of the present round has a quorum for it. */
const proposeAgain = (scope: EngineScope): void => {
  const { state, out } = scope
  const { round } = state
  const { selfIndex, validators } = state.context
  if (round === 0 || proposerOf(state, round) !== selfIndex || state.proposedRound >= round) return
  if (hasProposal(state)) return
  const quorum = quorumOf(validators.length)
  if (state.roundChanges.forRound(round).length < quorum) return
  const entries = usableEntries(scope)
  if (entries.length < quorum) {
    needPrepared(scope)
    return
  }
  const { preparedHash, ...justification } = justificationOf(entries)
  if (preparedHash === undefined) {
    state.proposedRound = round
    out.push({ type: 'build', round })
    return
  }
  const block = blockOf(state, preparedHash)
  if (block === undefined || !propose(scope, block, preparedHash, justification)) return
  state.judging = { round, hash: preparedHash, block }
  out.push({ type: 'judge', block, hash: preparedHash, round })
}

/** UponRoundChange, second part: f + 1 members are in higher rounds, so this one follows at once. */
const jump = (scope: EngineScope): void => {
  const { state } = scope
  const reached = state.roundChanges.roundReachedBy(
    faultyMax(state.context.validators.length) + 1,
    state.round,
  )
  if (reached === undefined) return
  enterRound(scope, reached, 'jump')
  sendRoundChange(scope)
  armInCompany(scope)
}

/** The block for which the engine asked: proposed for its round if that is still the present one. */
export const onBuilt = (scope: EngineScope, round: number, block: Block): void => {
  const { state } = scope
  if (round !== state.round || hasProposal(state) || state.isDecided) return
  const hash = blockHash(block.header)
  const { preparedHash, ...justification } = justificationOf(round === 0 ? [] : usableEntries(scope))
  if (preparedHash !== undefined) return
  if (propose(scope, block, hash, justification)) accept(scope, { round, hash, block })
}

/** A block that was missing: it is decided, proposed in the present round, or to be proposed again by this validator. */
export const onBlock = (scope: EngineScope, hash: Uint8Array, block: Block): void => {
  const { state } = scope
  if (state.isDecided) return
  keepBlock(state, hash, block)
  for (const round of state.votes.rounds()) checkCommits(scope, round)
  if (state.isDecided) return
  const { awaited, round } = state
  if (awaited !== undefined && equalBytes(awaited.hash, hash)) judge(scope, { round, hash, block })
  else proposeAgain(scope)
}

/** UponRoundTimeout. */
export const onRoundTimeout = (scope: EngineScope): void => {
  const { state } = scope
  if (state.isDecided || !state.isArmed) return
  enterRound(scope, state.round + 1, 'timeout')
  sendRoundChange(scope)
  armInCompany(scope)
  proposeAgain(scope)
}

const isSameClaim = (a: SignedRoundChange, b: SignedRoundChange): boolean =>
  a.preparedRound === b.preparedRound &&
  (a.preparedHash === undefined || b.preparedHash === undefined
    ? a.preparedHash === b.preparedHash
    : equalBytes(a.preparedHash, b.preparedHash))

const reportClaims = (scope: EngineScope, first: SignedRoundChange, second: SignedRoundChange): void => {
  const { state, config, out } = scope
  const name = `round-change/${first.newRound}/${first.sender}`
  if (state.reported.has(name)) return
  state.reported.add(name)
  const { height } = state.context
  const signedOf = (claim: SignedRoundChange) => ({
    message: roundChangeMessage({ ...claim, networkId: config.networkId, height }),
    signature: claim.signature,
  })
  const { newRound: round, sender } = first
  out.push({
    type: 'evidence',
    equivocation: {
      height,
      round,
      kind: 'round-change',
      sender,
      first: signedOf(first),
      second: signedOf(second),
    },
  })
}

/** Whether the claim of a prepared block comes with its certificate: a quorum holds the block, whoever lacks it asks. */
const isBackedUp = (scope: EngineScope, { claim, prepared }: RoundChangeMessage): boolean => {
  const { preparedRound, preparedHash } = claim
  if (preparedRound === undefined || preparedHash === undefined) return prepared === undefined
  return isPreparedCertificate(justificationContext(scope), prepared, preparedRound, preparedHash)
}

/** A round-change of a member for the present round or a higher one. */
export const onRoundChange = (scope: EngineScope, message: RoundChangeMessage, from: Peer): void => {
  const { state, out } = scope
  const { claim } = message
  if (claim.newRound < state.round) return
  const known = state.roundChanges.find(claim.newRound, claim.sender)
  if (known !== undefined && isSameClaim(known.claim, claim)) return
  if (!isValidRoundChange(justificationContext(scope), claim)) {
    out.push({ type: 'fault', code: 'round-change.bad-signature', sender: claim.sender, from })
    return
  }
  if (known !== undefined) {
    reportClaims(scope, known.claim, claim)
    return
  }
  if (!isBackedUp(scope, message)) {
    out.push({ type: 'fault', code: 'round-change.not-backed', sender: claim.sender, from })
    return
  }
  state.roundChanges.add(state.round, { claim, prepared: message.prepared })
  noteActive(scope, claim.sender)
  jump(scope)
  proposeAgain(scope)
}
