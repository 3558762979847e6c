import type { TransactionKind } from '@medchain/core'
import type { TransactionOutcome } from './api-types.ts'
import type { NodeClient } from './node-client.ts'
import type { Actor } from './signed-request.ts'
import { createTransactionBody, signTransaction } from './signed-transaction.ts'

/** What a transaction is: its name, and the schema of what it says. */
export type KindOf<P> = Pick<TransactionKind<P>, 'kind' | 'payload'>

/** One transaction of an account or a chart, signed by it alone. The refusal of the chain is thrown with its code. */
export const submitAs = async <P>(
  client: Pick<NodeClient, 'networkId' | 'submit'>,
  actor: Actor,
  { kind, payload: schema }: KindOf<P>,
  payload: P,
  { timeMs, wait = true }: { readonly timeMs: number; readonly wait?: boolean },
): Promise<TransactionOutcome> => {
  const networkId = await client.networkId()
  const body = createTransactionBody({ networkId, sender: actor.id, kind, schema, payload, timeMs })
  return client.submit(signTransaction(body, [actor]), wait)
}
