import { bytesFromBase32, releaseHold } from '@medchain/core'
import { valueOrFail } from '../../command-error.ts'
import type { CommandAction } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { summaryOf } from '../transaction-summary.ts'

/** Ends a hold of this institution. */
export const endHold: CommandAction = async (context, input) => {
  const [holdId = ''] = input.args
  const { send } = await openInstitution(context)
  const outcome = await send(releaseHold, { holdId: valueOrFail(bytesFromBase32(holdId)) })
  return {
    json: { holdId, ...summaryOf([outcome]) },
    text: 'The hold is released; what it took out of an erasure has to be asked for again.',
  }
}
