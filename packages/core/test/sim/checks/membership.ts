import type { GovernanceAction } from '../../../src/contracts/governance/action.ts'
import { decode, equalBytes, hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import {
  type GenesisMember,
  type Header,
  institutionIdOf,
  type TransactionBody,
  transactionId,
} from '../../../src/ledger/index.ts'
import { type Validator, type ValidatorSet, validatorSetHash } from '../../../src/validators/index.ts'
import { proposeSchema, voteSchema } from '../world/payloads.ts'
import { Violation } from './check.ts'
import { createSkips, type Skips } from './skips.ts'

interface Ballot {
  readonly action: GovernanceAction
  readonly voters: Set<string>
  readonly approvals: Set<string>
  isOpen: boolean
}

type Pending =
  | { readonly type: 'candidate'; readonly validator: Validator; readonly untilHeight: number }
  | { readonly type: 'join'; readonly validator: Validator; readonly fromHeight: number }
  | {
      readonly type: 'leave'
      readonly institution: Uint8Array
      readonly keepsAccount: boolean
      readonly fromHeight: number
    }
  | { readonly type: 'parameters'; readonly fromHeight: number }

/**
 * Who the validators are at each height, worked out from what stands in the decided blocks and from nothing that a
 * replica says (consensus Q56–Q58). Members are numbered as the world numbers its institutions.
 */
export interface Membership {
  /** The set that decides this height, or the last one that is known. */
  readonly at: (height: number) => ValidatorSet
  /** Index of the member in the set of this height, -1 outside. */
  readonly indexOf: (member: number, height: number) => number
  /** The member at this index of the set, -1 for nobody. */
  readonly memberAt: (height: number, index: number) => number
  /** The next decided block, in order. */
  readonly decided: (header: Header, bodies: readonly TransactionBody[]) => void
  readonly skips: Skips
  readonly ballots: ReadonlyMap<string, Ballot>
  readonly pending: () => Pending | undefined
  /** Height from which the next protocol version holds, once it is voted for. */
  readonly protocolFrom: () => number | undefined
  /** Whether the present set's votes for it would be enough, so that one that was said before closes it. */
  readonly isEnough: (proposal: string) => boolean
  /** Institutions whose account a vote suspended, in hexadecimal form. */
  readonly expelled: ReadonlySet<string>
}

const EFFECT_HEIGHTS = 2
const CANDIDATE_HEIGHTS = 100

const isIn = (set: ValidatorSet, institution: Uint8Array): boolean =>
  set.some((member) => equalBytes(member.institution, institution))

export const createMembership = (institutions: readonly GenesisMember[], first: ValidatorSet): Membership => {
  const members = institutions.map((member) => hexFromBytes(institutionIdOf(member)))
  /** Of height 1, 2 and so on. */
  const sets: ValidatorSet[] = [first]
  const ballots = new Map<string, Ballot>()
  const expelled = new Set<string>()
  const skips = createSkips()
  let pending: Pending | undefined
  let protocolFrom: number | undefined
  let set = first

  const at = (height: number): ValidatorSet =>
    sets[Math.min(Math.max(height, 1), sets.length) - 1] as ValidatorSet

  /** What was voted for two heights ago is in the next header's set. */
  const begin = (height: number): void => {
    if (pending?.type === 'candidate' && height > pending.untilHeight) pending = undefined
    if (pending === undefined || pending.type === 'candidate' || pending.fromHeight !== height + 1) return
    if (pending.type === 'join') set = [...set, pending.validator]
    else if (pending.type === 'leave') {
      const { institution, keepsAccount } = pending
      set = set.filter((member) => !equalBytes(member.institution, institution))
      if (!keepsAccount) expelled.add(hexFromBytes(institution))
    }
    skips.keep(set)
    pending = undefined
  }

  const pass = (action: GovernanceAction, height: number): void => {
    const fromHeight = height + EFFECT_HEIGHTS
    if (action.type === 'protocol') protocolFrom = Math.max(action.fromHeight, fromHeight)
    else if (pending !== undefined)
      throw new Violation('L6', `two changes at once are voted for at ${height}`)
    else if (action.type === 'remove') {
      pending = { ...action, type: 'leave', fromHeight }
    } else if (action.type === 'parameters') pending = { type: 'parameters', fromHeight }
    else if (action.member.isValidator) {
      const validator = { institution: institutionIdOf(action.member), votingKey: action.member.votingKey }
      expelled.delete(hexFromBytes(validator.institution))
      pending = { type: 'candidate', validator, untilHeight: height + CANDIDATE_HEIGHTS }
    }
  }

  /** Whether the votes of the present set are enough to pass it, or to let it fail. */
  const isOver = ({ approvals, voters }: Ballot, passes: boolean): boolean => {
    const present = set.map(({ institution }) => hexFromBytes(institution))
    const rejecting = present.filter((voter) => voters.has(voter) && !approvals.has(voter)).length
    const possible = present.length - rejecting
    const approving = present.filter((voter) => approvals.has(voter)).length
    return passes ? 3 * approving > 2 * present.length : 3 * possible <= 2 * present.length
  }

  const count = (name: string, sender: Uint8Array, approves: boolean, height: number): void => {
    const ballot = ballots.get(name)
    const voter = hexFromBytes(sender)
    const isAgain =
      ballot?.voters.has(voter) && !(ballot.approvals.has(voter) === approves && isOver(ballot, approves))
    if (ballot === undefined || !ballot.isOpen || !isIn(set, sender) || isAgain)
      throw new Violation('S6', `block ${height} holds a vote that does not count`)
    ballot.voters.add(voter)
    if (approves) ballot.approvals.add(voter)
    if (!approves || !isOver(ballot, true)) return
    ballot.isOpen = false
    pass(ballot.action, height)
  }

  const apply = (body: TransactionBody, { height, timeMs }: Header): void => {
    const { kind, payload, sender } = body
    if (kind === 'governance.propose') {
      const { action } = unwrap(decode(proposeSchema, payload))
      const approvals = new Set([hexFromBytes(sender)])
      const ballot = { action, approvals, voters: new Set(approvals), isOpen: true }
      ballots.set(hexFromBytes(transactionId(body)), ballot)
    } else if (kind === 'governance.vote') {
      const { proposal, approves } = unwrap(decode(voteSchema, payload))
      count(hexFromBytes(proposal), sender, approves, height)
    } else if (kind === 'validator.ready') {
      if (pending?.type === 'candidate' && equalBytes(pending.validator.institution, sender))
        pending = { type: 'join', validator: pending.validator, fromHeight: height + EFFECT_HEIGHTS }
      else skips.ready(sender, timeMs)
    }
  }

  const checkNamed = (height: number, own: Uint8Array, named: Uint8Array, what: string): void => {
    if (!equalBytes(own, named))
      throw new Violation('S4', `header ${height} names another ${what} validator set`)
  }

  return {
    at,
    indexOf: (member, height) =>
      at(height).findIndex(({ institution }) => hexFromBytes(institution) === members[member]),
    memberAt: (height, index) => {
      const validator = at(height)[index]
      return validator === undefined ? -1 : members.indexOf(hexFromBytes(validator.institution))
    },
    decided: (header, bodies) => {
      const own = set
      checkNamed(header.height, validatorSetHash(own), header.validatorSetHash, 'own')
      const version = protocolFrom !== undefined && header.height >= protocolFrom ? 2 : 1
      if (header.version !== version)
        throw new Violation(
          'S5',
          `block ${header.height} follows version ${header.version}, voted for is ${version}`,
        )
      skips.decided(header, own)
      begin(header.height)
      for (const body of bodies) apply(body, header)
      checkNamed(header.height, validatorSetHash(set), header.nextValidatorSetHash, 'next')
      sets.push(set)
    },
    skips,
    ballots,
    isEnough: (proposal) => {
      const ballot = ballots.get(proposal)
      return ballot !== undefined && isOver(ballot, true)
    },
    expelled,
    pending: () => pending,
    protocolFrom: () => protocolFrom,
  }
}
