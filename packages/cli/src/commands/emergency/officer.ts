import { appointOfficer } from '@medchain/core'
import { findParty } from '../../wallet/contacts.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'

/** An institution appoints a privacy officer among its people, or ends the office. */
export const appoint: CommandAction = async (context, input) => {
  const { id, did, name } = await findParty((await context.wallet()).files, input.args[0] ?? '')
  const { send } = await openInstitution(context)
  const isAppointed = !isSet(input, 'remove')
  const { txId, height } = await send(appointOfficer, { account: id, isAppointed })
  return {
    json: { did, isOfficer: isAppointed, txId, height },
    text: isAppointed
      ? `${name} reviews this institution’s emergencies from now on.`
      : `${name} reviews no emergencies any more.`,
  }
}
