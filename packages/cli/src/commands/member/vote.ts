import { approvalsNeeded, base32FromBytes, didFromAccountId, voteOnChange } from '@medchain/core'
import type { NodeClient } from '../../client/node-client.ts'
import { provenHead } from '../../client/proven-head.ts'
import {
  type NamedProposal,
  provenChange,
  provenProposal,
  provenSetSize,
} from '../../client/proven-proposals.ts'
import { fail } from '../../command-error.ts'
import { type CommandAction, type CommandInput, isSet } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { actionText, type MemberNames } from './describe-action.ts'
import { openInstitution } from './institution-session.ts'
import { memberNames } from './member-names.ts'
import { proposalId } from './proposal-id.ts'
import { changeText, proposalJson } from './proposal-state.ts'

const approvalFrom = (input: CommandInput): boolean => {
  const [approves, rejects] = [isSet(input, 'approve'), isSet(input, 'reject')]
  return approves === rejects ? fail('usage.vote', 'Give either --approve or --reject.') : approves
}

const readProposal = async (client: NodeClient, id: Uint8Array): Promise<NamedProposal> =>
  (await provenProposal(client, id)) ??
  fail(
    'governance.unknown-proposal',
    'No such proposal is on the chain.',
    'medchain member proposals lists them.',
  )

/** What the votes so far amount to, and what follows. */
const stateText = async (
  client: NodeClient,
  { status, approvals, rejections, id }: NamedProposal,
  size: number,
  names: MemberNames,
): Promise<string> => {
  const counts = `${approvals.length} for, ${rejections.length} against; ${approvalsNeeded(size)} of ${size} are needed.`
  if (status !== 'passed') return status === 'failed' ? `${counts} It failed.` : counts
  const change = await provenChange(client)
  const isOwn = change && base32FromBytes(change.proposal) === base32FromBytes(id)
  const nameOf = (institution: Uint8Array): string => {
    const did = didFromAccountId(institution)
    return names.get(did) || did
  }
  return `${counts} It passed.${isOwn ? `\n${changeText(change, nameOf)}` : ''}`
}

/** An institution’s vote on a proposal; it is final. */
export const vote: CommandAction = async (context, input) => {
  const id = proposalId(input.args[0] ?? '')
  const approves = approvalFrom(input)
  const asked = await readProposal(await context.client(), id)
  const { client, send } = await openInstitution(context)
  const transaction = await send(voteOnChange, { proposal: id, approves })
  const [names, size] = await Promise.all([memberNames(client), provenSetSize(client)])
  const { headTimeMs } = await provenHead(client)
  const voted = await readProposal(client, id)
  const verb = approves ? 'Approved' : 'Rejected'
  return {
    json: { ...proposalJson(voted, { size, headTimeMs }), approves, ...summaryOf([transaction]) },
    text: `${verb}: ${actionText(asked.action, names)}.\n${await stateText(client, voted, size, names)}`,
  }
}
