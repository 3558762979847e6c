import {
  accountIdFromInception,
  type Inception,
  type Recovery,
  type RecoveryAttempt,
  recoveries,
  recoveryAttempts,
  recoveryOfTicket,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'
import { fail } from '../command-error.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

/** A recovery as the chain proves it. */
export interface KnownRecovery {
  readonly id: Uint8Array
  readonly recovery: Recovery
  readonly attempt: RecoveryAttempt | undefined
}

/** `recover.unknown` when the chain has none of that id. */
export const findRecovery = async (client: Asked, id: Uint8Array): Promise<KnownRecovery> => {
  const recovery = await readState(client, recoveries.schema, recoveries.keyOf(id))
  if (recovery === undefined) return fail('recover.unknown', 'There is no such recovery on the chain.')
  const attempt = await readState(client, recoveryAttempts.schema, recoveryAttempts.keyOf(id))
  return { id, recovery, attempt }
}

/** The recovery that was announced for a ticket; undefined until enough people asked for it. */
export const recoveryFor = async (client: Asked, ticket: Inception): Promise<KnownRecovery | undefined> => {
  const key = recoveryOfTicket.keyOf(accountIdFromInception(ticket))
  const id = await readState(client, recoveryOfTicket.schema, key)
  return id && findRecovery(client, id)
}
