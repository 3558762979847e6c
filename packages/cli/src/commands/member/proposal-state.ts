import { approvalsNeeded, base32FromBytes, didFromAccountId, type PendingChange } from '@medchain/core'
import type { NamedProposal } from '../../client/proven-proposals.ts'
import { rfc3339 } from '../../format/time.ts'
import type { JsonValue } from '../command-spec.ts'
import { actionJson } from './describe-action.ts'

export type Outcome = NamedProposal['status'] | 'expired'

export const outcomeOf = ({ status, expiresMs }: NamedProposal, headTimeMs: number): Outcome =>
  status === 'open' && expiresMs <= headTimeMs ? 'expired' : status

export const proposalJson = (
  proposal: NamedProposal,
  { size, headTimeMs }: { readonly size: number; readonly headTimeMs: number },
): { readonly [key: string]: JsonValue } => ({
  id: base32FromBytes(proposal.id),
  action: actionJson(proposal.action),
  proposer: didFromAccountId(proposal.proposer),
  approvals: proposal.approvals.map(didFromAccountId),
  rejections: proposal.rejections.map(didFromAccountId),
  needed: approvalsNeeded(size),
  outcome: outcomeOf(proposal, headTimeMs),
  openedHeight: proposal.openedHeight,
  expires: rfc3339(proposal.expiresMs),
})

/** What is under way, and from when on it holds. */
export const changeText = (change: PendingChange, nameOf: (id: Uint8Array) => string): string => {
  switch (change.type) {
    case 'candidate':
      return `${nameOf(change.institution)} becomes a validator once its node is in sync and says so, up to height ${change.lapsesHeight}.`
    case 'join':
      return `${nameOf(change.institution)} votes from height ${change.effectiveHeight} on.`
    case 'leave':
      return `${nameOf(change.institution)} leaves the validators at height ${change.effectiveHeight}.`
    case 'parameters':
      return `Other parameters hold from height ${change.effectiveHeight} on.`
  }
}

export const changeJson = (change: PendingChange): { readonly [key: string]: JsonValue } => ({
  type: change.type,
  proposal: base32FromBytes(change.proposal),
  member: change.type === 'parameters' ? null : didFromAccountId(change.institution),
  effectiveHeight: change.type === 'candidate' ? null : change.effectiveHeight,
  lapsesHeight: change.type === 'candidate' ? change.lapsesHeight : null,
})
