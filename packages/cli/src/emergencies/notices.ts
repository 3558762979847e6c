import { type Notice, noticeList } from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import type { OpenIdentity } from '../wallet/wallet.ts'

const ASKING_MS_MAX = 5000

/** Commands that have said it: one may open the keyring more than once. */
const told = new WeakSet<CommandContext>()

/** For a command that shows them itself. */
export const noteNothing = (context: CommandContext): void => {
  told.add(context)
}

/** What waits for a person at one institution: the serving one by default. */
export const noticesAt = (
  client: NodeClient,
  { actor }: Pick<OpenIdentity, 'actor'>,
  node?: Uint8Array,
): Promise<readonly Notice[]> =>
  client.call(noticeList, [], actor, { timeoutMs: ASKING_MS_MAX, ...(node && { node }) })

/** Says in a line that something waits for a patient; a node that is away or older says nothing. */
export const noteWaiting = async (
  context: CommandContext,
  client: NodeClient,
  identity: Pick<OpenIdentity, 'actor' | 'role'>,
): Promise<void> => {
  if (identity.role !== 'patient' || context.options.isJson || context.options.isQuiet) return
  if (told.has(context)) return
  told.add(context)
  try {
    // One emergency makes many of them, a chart and a step each: their number would only alarm.
    if ((await noticesAt(client, identity)).length > 0)
      context.note('Notices wait for you: medchain notices shows them.')
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}
