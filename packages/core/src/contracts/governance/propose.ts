import { equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { validatorIndexOf } from '../../validators/validator-set.ts'
import type { TransactionKind } from '../contract.ts'
import { type GovernanceAction, governanceActionSchema } from './action.ts'
import { validatorSetIn } from './genesis.ts'
import { PROPOSALS_KEPT, proposalOrder, proposals } from './proposal-tables.ts'
import { openProposalsIn } from './read.ts'
import { validateAction } from './validate-action.ts'

const OPEN_MAX = 16
/** In block time. */
const PROPOSAL_LIFE_MS = 24 * 60 * 60 * 1000

export const hasVote = (view: ReadView, institution: Uint8Array): boolean =>
  validatorIndexOf(validatorSetIn(view), institution) >= 0

export const NOT_VALIDATOR = refuse(
  'governance.not-validator',
  'Only an institution whose validator is in the present set proposes and votes.',
)

/** Room for one more: the oldest that is closed or expired goes. */
const listProposal = (view: WriteView, id: Uint8Array, open: readonly Uint8Array[]): void => {
  const order = view.get(proposalOrder) ?? []
  const isOpen = (known: Uint8Array): boolean => open.some((each) => equalBytes(each, known))
  const oldest = order.length < PROPOSALS_KEPT ? undefined : order.find((known) => !isOpen(known))
  if (oldest !== undefined) view.remove(proposals, oldest)
  view.put(proposalOrder, [...order.filter((known) => known !== oldest), id])
}

export interface GovernanceProposal {
  readonly action: GovernanceAction
}

/** An institution puts a change to the vote, and approves of it (consensus Q56). */
export const proposeChange: TransactionKind<GovernanceProposal> = {
  kind: 'governance.propose',
  payload: struct<GovernanceProposal>({ action: governanceActionSchema }),
  apply: (view, { action }, { sender, txId, height, timeMs }) => {
    if (!hasVote(view, sender)) return NOT_VALIDATOR
    const valid = validateAction(view, action)
    if (!valid.ok) return valid
    const open = openProposalsIn(view, timeMs)
    if (open.some(({ proposer }) => equalBytes(proposer, sender))) {
      return refuse('governance.proposal-open', 'This institution has a proposal open already.')
    }
    if (open.length >= OPEN_MAX) {
      return refuse('governance.too-many-proposals', 'Sixteen proposals are open already.')
    }
    listProposal(
      view,
      txId,
      open.map(({ id }) => id),
    )
    const proposal = {
      proposer: sender,
      action,
      approvals: [sender],
      rejections: [],
      openedHeight: height,
      expiresMs: timeMs + PROPOSAL_LIFE_MS,
      status: 'open' as const,
    }
    view.put(proposals, proposal, txId)
    return ok([{ kind: 'governance.proposed', subjects: [txId, sender] }])
  },
}
