import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { type GenesisMember, institutionIdOf } from '../../ledger/genesis.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { quorumOf } from '../../validators/quorum.ts'
import type { ValidatorSet } from '../../validators/validator-set.ts'
import { accounts } from '../identity/tables.ts'
import type { GovernanceAction } from './action.ts'
import { institutionsIn, validatorSetIn } from './genesis.ts'
import { writeMemberOrder } from './member-history.ts'
import { type PendingChange, pendingChange } from './proposal-tables.ts'
import { pendingChangeIn, protocolIn } from './read.ts'
import { isMissing } from './skip-table.ts'
import { formerVotingKeys, members, protocol } from './tables.ts'
import { validateAction } from './validate-action.ts'

/** Everybody learns of a change two heights before the first block under it. */
export const EFFECT_DELAY_HEIGHTS = 2
/** How long a new validator has to say that it is there. */
const CANDIDATE_HEIGHTS = 100

/** Whether those of a new set that took their last turn are a quorum of it: if not, it might never decide. */
export const validateLiveQuorum = (view: ReadView, set: ValidatorSet): Result<void> =>
  set.filter(({ institution }) => !isMissing(view, institution)).length >= quorumOf(set.length)
    ? ok(undefined)
    : refuse(
        'governance.no-live-quorum',
        'Too many of the validators that would remain miss their turns; bring them back first.',
      )

/** An institution's entries, as an observer. The voting key that it had before stays for evidence. */
const admit = (view: WriteView, member: GenesisMember, height: number): void => {
  const id = institutionIdOf(member)
  const before = view.get(members, id)
  if (before !== undefined && !equalBytes(before.votingKey, member.votingKey)) {
    const former = view.get(formerVotingKeys, id) ?? []
    const replaced = { votingKey: before.votingKey, untilHeight: height + 1 }
    view.put(formerVotingKeys, [...former, replaced].slice(-64), id)
  }
  view.put(members, { ...member, isValidator: false }, id)
  const present = institutionsIn(view)
  if (!present.some((institution) => equalBytes(institution, id)))
    writeMemberOrder(view, [...present, id], height)
  const { role, signingKey, sealingKey, name } = member
  const account = view.get(accounts, id) ?? { sponsor: undefined, signingKey, sealingKey }
  view.put(accounts, { ...account, role, status: 'active', institutionName: name }, id)
}

const pendingFrom = (
  proposal: Uint8Array,
  action: Exclude<GovernanceAction, { type: 'protocol' }>,
  height: number,
): PendingChange | undefined => {
  const effectiveHeight = height + EFFECT_DELAY_HEIGHTS
  if (action.type === 'parameters') {
    return { type: 'parameters', proposal, parameters: action.parameters, effectiveHeight }
  }
  if (action.type === 'remove') {
    const { institution, keepsAccount } = action
    return { type: 'leave', proposal, institution, keepsAccount, effectiveHeight }
  }
  const institution = institutionIdOf(action.member)
  return action.member.isValidator
    ? { type: 'candidate', proposal, institution, lapsesHeight: height + CANDIDATE_HEIGHTS }
    : undefined
}

/**
 * What follows from a vote that passed at `height`. Refuses with `governance.change-pending` while another change is
 * under way, and with what the state has made of the action since it was proposed (consensus Q57).
 */
export const adopt = (
  view: WriteView,
  proposal: Uint8Array,
  action: GovernanceAction,
  height: number,
): Result<void> => {
  const valid = validateAction(view, action)
  if (!valid.ok) return valid
  if (action.type === 'protocol') {
    const fromHeight = Math.max(action.fromHeight, height + EFFECT_DELAY_HEIGHTS)
    view.put(protocol, { ...protocolIn(view), next: { version: action.version, fromHeight } })
    return ok(undefined)
  }
  if (pendingChangeIn(view) !== undefined) {
    return refuse(
      'governance.change-pending',
      'Another change is under way; vote again once it is in force, or its candidate has lapsed.',
    )
  }
  if (action.type === 'remove') {
    const set = validatorSetIn(view)
    const remaining = set.filter(({ institution }) => !equalBytes(institution, action.institution))
    const live = remaining.length < set.length ? validateLiveQuorum(view, remaining) : ok(undefined)
    if (!live.ok) return live
  }
  if (action.type === 'add') admit(view, action.member, height)
  const pending = pendingFrom(proposal, action, height)
  if (pending !== undefined) view.put(pendingChange, pending)
  return ok(undefined)
}
