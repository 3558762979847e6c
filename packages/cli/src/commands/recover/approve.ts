import {
  accountIdFromInception,
  approveRecovery,
  base32FromBytes,
  didFromAccountId,
  recoveryGive,
  sealForRecovery,
  TICKETS_SHARE,
} from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { chooseEntrusted, entrustedShares } from '../../recovering/entrusted-share.ts'
import { readTicket, ticketDigits } from '../../recovering/ticket-card.ts'
import { sendOne } from '../../sending/send-each.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

/** Whoever recovers reads the digits out; nobody approves of keys that were not compared. */
export const confirmDigits = async (
  context: CommandContext,
  digits: string,
  given: string | undefined,
): Promise<void> => {
  if (given !== undefined) {
    const isSame = given.replace(/\s/g, '') === digits.replace(/\s/g, '')
    if (!isSame) fail('recover.digits', 'The digits are not those of this ticket: somebody changed it.')
    return
  }
  const isConfirmed = await context.confirm(
    `Did the person themselves read you these digits?\n    ${digits}\n`,
  )
  if (!isConfirmed)
    fail('recover.digits', 'Nothing was approved: the digits were not compared.', 'Give them with --digits.')
}

/** A guardian approves of a ticket, and hands its share on, sealed to it. */
export const approve: CommandAction = async (context, input) => {
  const ticket = await readTicket(input.args[0] ?? '')
  await confirmDigits(context, ticketDigits(ticket), textOption(input, 'digits'))
  const typed = textOption(input, 'for')
  const person = typed === undefined ? undefined : await findSubject(context, typed)
  const acting = await actAs(context)
  const { client, identity, networkId } = acting
  const { share, known } = chooseEntrusted(
    await entrustedShares(acting),
    person,
    textOption(input, 'recovery'),
  )
  const { position, salt } = share
  const recoveryId = known.id
  const payload = { recoveryId, position, salt, ticket }
  // Done before by an interrupted command: the share goes out all the same.
  const sent = await sendOne(context, acting.client, approveRecovery, identity.actor, payload).catch(
    (error: unknown) => {
      if (error instanceof CommandError && error.code === 'recover.approved') return undefined
      throw error
    },
  )
  const place = { networkId, recoveryId, recipient: ticket.sealingKey }
  const carried = { position, share: share.share }
  const sealed = valueOrFail(await sealForRecovery(TICKETS_SHARE, place, carried))
  let taken = 0
  for (const { institution: node } of known.recovery.custodians) {
    try {
      await client.call(recoveryGive, { recoveryId, position, sealed }, identity.actor, { node })
      taken++
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      context.warn(`A custodian does not take your share now: ${error.message} [${error.code}]`)
    }
  }
  if (taken === 0)
    return fail('recover.not-ready', 'No custodian took your share.', 'Run the same command again later.')
  return {
    json: {
      recoveryId: base32FromBytes(recoveryId),
      subject: didFromAccountId(share.person),
      ticketId: didFromAccountId(accountIdFromInception(ticket)),
      txId: sent?.txId ?? null,
      height: sent?.height ?? null,
    },
    text: 'You approved of the ticket, and your share waits for its holder at the custodians.',
  }
}
