import { base32FromBytes, recoveryFind, vouchForRecovery } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { readTicket, ticketDigits } from '../../recovering/ticket-card.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { confirmDigits } from './approve.ts'

/** The institution that registered a person has proven who stands before it. */
export const vouch: CommandAction = async (context, input) => {
  const ticket = await readTicket(input.args[0] ?? '')
  const subject = await findSubject(
    context,
    textOption(input, 'for') ?? fail('usage.missing-option', '--for names the person.'),
  )
  await confirmDigits(context, ticketDigits(ticket), textOption(input, 'digits'))
  const { client, actor, send } = await openInstitution(context)
  const recoveryId = await client.call(recoveryFind, { person: subject.id }, actor)
  if (recoveryId === undefined)
    return fail('recover.unknown', `${subject.name} prepared no recovery with this institution.`)
  const { txId, height } = await send(vouchForRecovery, { recoveryId, ticket })
  return {
    json: { recoveryId: base32FromBytes(recoveryId), subject: subject.did, txId, height },
    text: `The institution vouches for the ticket of ${subject.name}; the delay runs from height ${height ?? 'of its commit'}.`,
  }
}
