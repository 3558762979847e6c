import { type SupersededRecord, supersedeRecords } from '@medchain/core'
import type { TransactionOutcome } from '../client/api-types.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import type { Acting } from '../reading/acting.ts'

/** Says on the chain that records of one chart are not the present ones; `records.*` as the chain refuses. */
export const sendSupersession = (
  { client, identity, networkId, now }: Acting,
  chart: Uint8Array,
  records: readonly SupersededRecord[],
): Promise<TransactionOutcome> => {
  const body = createTransactionBody({
    networkId,
    sender: identity.actor.id,
    kind: supersedeRecords.kind,
    schema: supersedeRecords.payload,
    payload: { chart, records },
    timeMs: now(),
  })
  return client.submit(signTransaction(body, [identity.actor]), true)
}
