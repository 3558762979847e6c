import type { TransactionOutcome } from '../client/api-types.ts'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import { type KindOf, submitAs } from '../client/submit-as.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { shuffled } from '../wallet/shuffled.ts'

/** One of several transactions that belong together and must not show it. */
export interface Sending<T, P> {
  readonly item: T
  readonly actor: Actor
  readonly payload: P
}

export interface Sent<T> {
  readonly done: readonly { readonly item: T; readonly transaction: TransactionOutcome }[]
  readonly failed: readonly { readonly item: T; readonly error: CommandError }[]
}

/** One transaction, as the command line says whether to wait for it. */
export const sendOne = <P>(
  { host, options }: Pick<CommandContext, 'host' | 'options'>,
  client: NodeClient,
  kind: KindOf<P>,
  actor: Actor,
  payload: P,
): Promise<TransactionOutcome> =>
  submitAs(client, actor, kind, payload, { timeMs: host.now(), wait: options.wait })

/** A transaction each, in an order that says nothing; the first error is thrown when none came through. */
export const sendEach = async <T, P>(
  context: Pick<CommandContext, 'host' | 'options'>,
  client: NodeClient,
  kind: KindOf<P>,
  sendings: readonly Sending<T, P>[],
): Promise<Sent<T>> => {
  const done: { item: T; transaction: TransactionOutcome }[] = []
  const failed: { item: T; error: CommandError }[] = []
  await Promise.all(
    shuffled(sendings).map(async ({ item, actor, payload }) => {
      try {
        done.push({ item, transaction: await sendOne(context, client, kind, actor, payload) })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        failed.push({ item, error })
      }
    }),
  )
  const [first] = failed
  if (done.length === 0 && first !== undefined) throw first.error
  const order = (item: T): number => sendings.findIndex((each) => each.item === item)
  return { done: done.sort((a, b) => order(a.item) - order(b.item)), failed }
}
