import type { Schema } from '@medchain/core'
import type { TransactionOutcome } from '../client/api-types.ts'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
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

/** A transaction each, in an order that says nothing; the first error is thrown when none came through. */
export const sendEach = async <T, P>(
  context: CommandContext,
  client: NodeClient,
  { kind, payload: schema }: { readonly kind: string; readonly payload: Schema<P> },
  sendings: readonly Sending<T, P>[],
): Promise<Sent<T>> => {
  const networkId = await client.networkId()
  const timeMs = context.host.now()
  const done: { item: T; transaction: TransactionOutcome }[] = []
  const failed: { item: T; error: CommandError }[] = []
  await Promise.all(
    shuffled(sendings).map(async ({ item, actor, payload }) => {
      const body = createTransactionBody({ networkId, sender: actor.id, kind, schema, payload, timeMs })
      try {
        const transaction = await client.submit(signTransaction(body, [actor]), context.options.wait)
        done.push({ item, transaction })
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
