import { bool, bytes, equalBytes, ok, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { approvalsNeeded } from '../../validators/quorum.ts'
import { validatorIndexOf } from '../../validators/validator-set.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { adopt } from './adopt.ts'
import { validatorSetIn } from './genesis.ts'
import { type Proposal, proposals } from './proposal-tables.ts'
import { hasVote, NOT_VALIDATOR } from './propose.ts'

export interface GovernanceVote {
  /** Transaction that opened the proposal. */
  readonly proposal: Uint8Array
  readonly approves: boolean
}

/** What the votes of the present set amount to. */
const outcomeOf = (view: ReadView, { approvals, rejections }: Proposal): Proposal['status'] => {
  const set = validatorSetIn(view)
  const count = (voters: readonly Uint8Array[]): number =>
    voters.filter((voter) => validatorIndexOf(set, voter) >= 0).length
  const needed = approvalsNeeded(set.length)
  if (count(approvals) >= needed) return 'passed'
  return set.length - count(rejections) < needed ? 'failed' : 'open'
}

const includes = (voters: readonly Uint8Array[], institution: Uint8Array): boolean =>
  voters.some((voter) => equalBytes(voter, institution))

/** Whoever voted may say the same again where a smaller set has made the votes enough since, with nobody left to vote. */
const mayVote = (view: ReadView, proposal: Proposal, sender: Uint8Array, approves: boolean): boolean => {
  const { approvals, rejections } = proposal
  if (!includes([...approvals, ...rejections], sender)) return true
  const isSame = includes(approves ? approvals : rejections, sender)
  return isSame && outcomeOf(view, proposal) === (approves ? 'passed' : 'failed')
}

const validateVote = (
  view: ReadView,
  proposal: Proposal,
  approves: boolean,
  { sender, timeMs }: TransactionContext,
): Result<void> => {
  if (!hasVote(view, sender)) return NOT_VALIDATOR
  if (proposal.status !== 'open') {
    return refuse('governance.proposal-closed', 'The vote on this proposal is over.')
  }
  if (proposal.expiresMs <= timeMs) {
    return refuse('governance.proposal-expired', 'The proposal has expired; open it again.')
  }
  return mayVote(view, proposal, sender, approves)
    ? ok(undefined)
    : refuse('governance.already-voted', 'This institution has voted on the proposal; a vote is final.')
}

const close = (
  view: WriteView,
  id: Uint8Array,
  voted: Proposal,
  isApproval: boolean,
  height: number,
): Result<Proposal> => {
  const outcome = outcomeOf(view, voted)
  if (outcome !== 'passed') return ok({ ...voted, status: outcome })
  if (!isApproval) return ok(voted)
  const adopted = adopt(view, id, voted.action, height)
  return adopted.ok ? ok({ ...voted, status: 'passed' }) : adopted
}

/** One voice of the present set for or against; the approval that makes them enough puts the change under way (consensus Q57). */
export const voteOnChange: TransactionKind<GovernanceVote> = {
  kind: 'governance.vote',
  payload: struct<GovernanceVote>({ proposal: bytes(32), approves: bool }),
  apply: (view, { proposal: id, approves }, context) => {
    const proposal = view.get(proposals, id)
    if (!proposal) return refuse('governance.unknown-proposal', 'No such proposal is on the chain.')
    const valid = validateVote(view, proposal, approves, context)
    if (!valid.ok) return valid
    const { sender, height } = context
    const voters = approves ? 'approvals' : 'rejections'
    const voted: Proposal = includes(proposal[voters], sender)
      ? proposal
      : { ...proposal, [voters]: [...proposal[voters], sender] }
    const closed = close(view, id, voted, approves, height)
    if (!closed.ok) return closed
    view.put(proposals, closed.value, id)
    const subjects = [id, sender]
    const isClosed = closed.value.status !== 'open'
    const closing = isClosed ? [{ kind: `governance.${closed.value.status}`, subjects: [id] }] : []
    return ok([{ kind: 'governance.voted', subjects }, ...closing])
  },
}
