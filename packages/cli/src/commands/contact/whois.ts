import { findAccount } from '../../client/accounts.ts'
import { fail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { findParty } from '../../wallet/contacts.ts'
import type { CommandAction } from '../command-spec.ts'

/** An account as the chain has it; the name of an institution is its own, a person's the one you gave. */
export const tellWhoIs: CommandAction = async (context, { args: [who = ''] }) => {
  const { files } = await context.wallet()
  const { did, name } = await findParty(files, who)
  const client = await context.client()
  const account = await findAccount(client, did)
  if (account === undefined) {
    return fail('identity.unknown', 'The chain has no account of that DID; patients have none.')
  }
  const sponsor = account.sponsor === null ? undefined : await findAccount(client, account.sponsor)
  const known = account.institutionName ?? (name === did ? null : name)
  return {
    json: {
      did,
      name: known,
      role: account.role,
      status: account.status,
      sponsor: account.sponsor,
      sponsorName: sponsor?.institutionName ?? null,
    },
    text: factsText([
      ['DID', did],
      ['Name', known ?? 'none on the chain, and no contact of yours'],
      ['Role', account.role],
      ['Status', account.status],
      ['Vouched for by', sponsor?.institutionName ?? account.sponsor ?? 'the network itself'],
    ]),
  }
}
