import type { ReadView } from '../../state/view.ts'
import { type EvidenceEntry, evidenceEntries } from './evidence-tables.ts'
import { institutionsIn } from './genesis.ts'
import {
  type PendingChange,
  type Proposal,
  pendingChange,
  proposalOrder,
  proposals,
} from './proposal-tables.ts'
import { type ProtocolState, protocol } from './tables.ts'

export interface ListedProposal extends Proposal {
  /** Transaction that opened it. */
  readonly id: Uint8Array
  /** As stored, or `expired` where it was open and its time is over. */
  readonly outcome: Proposal['status'] | 'expired'
}

/** The proposals that the state still holds, oldest first; `timeMs` is block time. */
export const proposalsIn = (view: ReadView, timeMs: number): readonly ListedProposal[] =>
  (view.get(proposalOrder) ?? []).flatMap((id) => {
    const proposal = view.get(proposals, id)
    if (!proposal) return []
    const isExpired = proposal.status === 'open' && proposal.expiresMs <= timeMs
    return [{ ...proposal, id, outcome: isExpired ? ('expired' as const) : proposal.status }]
  })

export const openProposalsIn = (view: ReadView, timeMs: number): readonly ListedProposal[] =>
  proposalsIn(view, timeMs).filter(({ outcome }) => outcome === 'open')

/** The change that is under way, a candidate among them. */
export const pendingChangeIn = (view: ReadView): PendingChange | undefined => view.get(pendingChange)

const FIRST_PROTOCOL: ProtocolState = { version: 1, next: undefined }

export const protocolIn = (view: ReadView): ProtocolState => view.get(protocol) ?? FIRST_PROTOCOL

/** Version that the block of a height above the state read here carries (consensus Q60). */
export const protocolVersionIn = (view: ReadView, height: number): number => {
  const { version, next } = protocolIn(view)
  return next !== undefined && height >= next.fromHeight ? next.version : version
}

export interface EvidenceAgainst {
  readonly institution: Uint8Array
  readonly entries: readonly EvidenceEntry[]
}

export const evidenceAgainst = (view: ReadView, institution: Uint8Array): readonly EvidenceEntry[] =>
  view.get(evidenceEntries, institution) ?? []

/** Present institutions against which there is evidence, in the order of admission. */
export const evidenceIn = (view: ReadView): readonly EvidenceAgainst[] =>
  institutionsIn(view)
    .map((institution) => ({ institution, entries: evidenceAgainst(view, institution) }))
    .filter(({ entries }) => entries.length > 0)
