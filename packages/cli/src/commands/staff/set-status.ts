import { setStatus } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import type { CommandAction, CommandInput, CommandResult } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { summaryOf } from '../transaction-summary.ts'
import { findStaff } from './read-staff.ts'

const setTo =
  (status: 'active' | 'suspended', done: string) =>
  async (context: CommandContext, { args: [who = ''] }: CommandInput): Promise<CommandResult> => {
    const session = await openInstitution(context)
    const { id, did } = await findStaff(context, session, who)
    const summary = summaryOf([await session.send(setStatus, { account: id, status })])
    return {
      json: { did, status, ...summary },
      text: `${did} is ${done} from height ${summary.height ?? 'of its commit'} on.`,
    }
  }

/** Every node refuses the account from the height of this transaction on. */
export const suspendStaff: CommandAction = setTo('suspended', 'suspended')

export const restoreStaff: CommandAction = setTo('active', 'in force again')
