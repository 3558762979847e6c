import { didFromAccountId } from '@medchain/core'
import { type AttestationAnswer, findAttestation, provenAccount } from '../../client/attestations.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { licenceJson, licenceText } from '../../format/licence.ts'
import { printable } from '../../format/printable.ts'
import { factsText } from '../../format/table.ts'
import { findParty } from '../../wallet/contacts.ts'
import type { CommandAction } from '../command-spec.ts'

const UNKNOWN: Readonly<Record<Exclude<AttestationAnswer['type'], 'attested'>, string>> = {
  unknown: 'unknown: its institution attests none',
  away: 'unknown: the node of its institution does not answer',
  false: 'unknown: what came is not signed by its institution',
}

const warnOfFalse = (context: CommandContext, { type }: AttestationAnswer): void => {
  if (type === 'false') context.warn('The name that came is not signed by the institution and is not shown.')
}

/** An account as the chain proves it, and the name that its institution signed. */
export const tellWhoIs: CommandAction = async (context, { args: [who = ''] }) => {
  const { files } = await context.wallet()
  const { id, did, name: own } = await findParty(files, who)
  const client = await context.client()
  const proven = await provenAccount(client, id)
  if (proven === undefined) {
    return fail('identity.unknown', 'The chain has no account of that DID; patients have none.')
  }
  const { account, sponsor } = proven
  const answer = await findAttestation(client, proven)
  warnOfFalse(context, answer)
  const attested = answer.type === 'attested' ? answer.attestation : undefined
  const name = account.institutionName ?? attested?.name ?? null
  const unknown = answer.type === 'attested' ? '' : UNKNOWN[answer.type]
  const contact = own === did ? null : own
  const sponsorName = sponsor?.account.institutionName ?? null
  return {
    json: {
      did,
      name,
      contact,
      role: account.role,
      status: account.status,
      sponsor: sponsor ? didFromAccountId(sponsor.id) : null,
      sponsorName,
      attested: attested !== undefined,
      licence: licenceJson(attested?.licence),
    },
    text: factsText([
      ['DID', did],
      ['Name', name === null ? unknown : printable(name)],
      ...(contact === null ? [] : [['You call it', contact] as const]),
      ['Role', account.role],
      ['Status', account.status],
      ...(attested?.licence ? [['Licence', licenceText(attested.licence, context.host.now())] as const] : []),
      ['Vouched for by', sponsorName ?? 'the network itself'],
    ]),
  }
}
