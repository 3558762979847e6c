import { approvalsNeeded, base32FromBytes, didFromAccountId, protocol } from '@medchain/core'
import { provenHead } from '../../client/proven-head.ts'
import { provenChange, provenProposals, provenSetSize } from '../../client/proven-proposals.ts'
import { readState } from '../../client/proven-state.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { actionText } from './describe-action.ts'
import { memberNames } from './member-names.ts'
import { changeJson, changeText, outcomeOf, proposalJson } from './proposal-state.ts'

/** What the institutions vote on, and the change that is under way; proven by the chain. */
export const listProposals: CommandAction = async (context, input) => {
  const client = await context.client()
  const [all, change, size, names, versions] = await Promise.all([
    provenProposals(client),
    provenChange(client),
    provenSetSize(client),
    memberNames(client),
    readState(client, protocol.schema, protocol.keyOf()),
  ])
  const { headTimeMs } = await provenHead(client)
  const shown = all.filter((each) => isSet(input, 'all') || outcomeOf(each, headTimeMs) === 'open')
  const needed = approvalsNeeded(size)
  const nameOf = (id: Uint8Array): string => names.get(didFromAccountId(id)) || didFromAccountId(id)
  const rows = shown.map((each) => [
    base32FromBytes(each.id),
    actionText(each.action, names),
    nameOf(each.proposer),
    `${each.approvals.length} of ${needed}`,
    String(each.rejections.length),
    outcomeOf(each, headTimeMs),
    rfc3339(each.expiresMs),
  ])
  const next = versions?.next
  const notes = [
    ...(change ? [changeText(change, nameOf)] : []),
    ...(next ? [`Protocol version ${next.version} holds from height ${next.fromHeight} on.`] : []),
  ]
  const columns = ['Proposal', 'Change', 'Proposed by', 'For', 'Against', 'Outcome', 'Expires']
  const table = tableText(columns, rows, 'No proposal is open.', context.columns)
  return {
    json: {
      proposals: shown.map((each) => proposalJson(each, { size, headTimeMs })),
      validators: size,
      pending: change ? changeJson(change) : null,
      protocol: { version: versions?.version ?? 1, next: next ? { ...next } : null },
    },
    text: [table, ...notes].join('\n\n'),
  }
}
