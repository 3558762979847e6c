import { base32FromBytes, type Committed } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { readInputText } from '../../read-input.ts'
import { openSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, type CommandInput, type CommandResult, textOption } from '../command-spec.ts'
import { summaryOf, type TransactionNote } from '../transaction-summary.ts'
import { leaveOpen } from './leave-open.ts'
import { registerAccountOf } from './register-account.ts'
import { registerChartsOf } from './register-charts.ts'
import { readRegistration, writeRegistration } from './registration-file.ts'

const noteOf = ({ txId, height }: Committed): TransactionNote => ({ txId: base32FromBytes(txId), height })

const remember = async (
  session: Session,
  made: readonly Committed[],
): Promise<readonly TransactionNote[]> => {
  const { wallet, identity, networkId } = session
  const network = base32FromBytes(networkId)
  const transactions = [
    ...(await readRegistration(wallet.files, identity.name, network)),
    ...made.map(noteOf),
  ]
  if (made.length > 0)
    await writeRegistration(wallet.files, identity.name, { networkId: network, transactions })
  return transactions
}

/** The token as typed; `-` asks for it, so that no list of processes shows it. */
const tokenOption = async ({ host }: CommandContext, input: CommandInput): Promise<string | undefined> => {
  const typed = textOption(input, 'token') ?? host.env['MEDCHAIN_TOKEN']
  return typed === '-' ? (await readInputText(host, 'The enrolment token')).trim() : typed
}

/** Puts the identity in use on the chain, or completes and confirms that it is there. */
export const register: CommandAction = async (context, input): Promise<CommandResult> => {
  const token = await tokenOption(context, input)
  const session = await openSession(context)
  const { identity, client } = session
  const isPatient = identity.role === 'patient'
  const progress = await context.progress(`Registering ${identity.name}`)
  const now = context.host.now
  const made = await (isPatient
    ? registerChartsOf(session, { token, now, givesWriteAccess: input.options['write'] !== false })
    : registerAccountOf(session, { token, now })
  ).finally(progress.stop)
  const open = isPatient && input.options['emergency'] !== false ? await leaveOpen(context, session) : []
  const transactions = await remember(session, made)
  const status = await client.status()
  const summary = summaryOf(transactions, transactions.length > 0 ? null : status.height)
  const what = isPatient ? `${session.keyring.current().charts.length} charts` : 'an account'
  const done =
    made.length > 0
      ? `is registered with ${what} at height ${summary.height}`
      : `was registered already, with ${what}`
  return {
    json: { did: identity.did, ...summary, ...(open.length > 0 && { emergency: open }) },
    text: `${identity.name} ${done}; ${status.institutionName} vouches for it.\n${identity.did}`,
  }
}
