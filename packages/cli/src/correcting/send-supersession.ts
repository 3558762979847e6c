import { type SupersededRecord, supersedeRecords } from '@medchain/core'
import type { TransactionOutcome } from '../client/api-types.ts'
import { submitAs } from '../client/submit-as.ts'
import type { Acting } from '../reading/acting.ts'

/** Says on the chain that records of one chart are not the present ones; `records.*` as the chain refuses. */
export const sendSupersession = (
  { client, identity, now }: Acting,
  chart: Uint8Array,
  records: readonly SupersededRecord[],
): Promise<TransactionOutcome> =>
  submitAs(client, identity.actor, supersedeRecords, { chart, records }, { timeMs: now() })
