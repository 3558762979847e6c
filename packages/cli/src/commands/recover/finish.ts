import { rm } from 'node:fs/promises'
import {
  accountIdFromInception,
  base32FromBytes,
  closeRecovery,
  decodeKeyring,
  equalBytes,
  recoveryClosingMessage,
} from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import type { NodeClient } from '../../client/node-client.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { recoverContent } from '../../recovering/collect-shares.ts'
import { type KnownRecovery, recoveryFor } from '../../recovering/known-recovery.ts'
import { openPending, pendingName } from '../../recovering/pending-file.ts'
import { preparedRecoveriesOf } from '../../recovering/recovery-entry.ts'
import { keysActor, type OwnKeys } from '../../recovering/recovery-keys.ts'
import { layOut } from '../../recovering/take-over.ts'
import { sendOne } from '../../sending/send-each.ts'
import { identityJson } from '../../wallet/identity.ts'
import type { CommandAction } from '../command-spec.ts'
import { rotateId } from '../id/rotate.ts'

/** Ends the recovery that came through: its keepers delete their shares. */
const close = async (
  context: CommandContext,
  place: { readonly client: NodeClient; readonly networkId: Uint8Array },
  { id }: KnownRecovery,
  { keyring, ticket }: { readonly keyring: Uint8Array; readonly ticket: OwnKeys },
): Promise<TransactionOutcome | undefined> => {
  const own = preparedRecoveriesOf(valueOrFail(decodeKeyring(keyring))).find(({ inception }) =>
    equalBytes(accountIdFromInception(inception), id),
  )
  if (own === undefined) return undefined
  const byTicket = keysActor(ticket).sign(recoveryClosingMessage(place.networkId, id))
  try {
    return await sendOne(context, place.client, closeRecovery, keysActor(own), { recoveryId: id, byTicket })
  } catch (error) {
    if (error instanceof CommandError && error.code === 'recover.closed') return undefined
    throw error
  }
}

/** Collects the shares, opens what they protect, and gives the person new keys and every chart a new controller. */
export const finish: CommandAction = async (context, input) => {
  const name = pendingName(input.args[0])
  const pending = await openPending(context, name)
  const { ticket, file } = pending
  const client = await context.client()
  const wallet = await context.wallet()
  const networkId = await client.networkId()
  const known =
    (await recoveryFor(client, ticket.inception)) ??
    fail('recover.not-open', 'No recovery is announced for this ticket yet.')
  const content = await recoverContent({ client, networkId, warn: context.warn }, known, ticket)
  const isLeft = await layOut({ wallet, networkId, name }, content, pending)
  const rotated = isLeft ? await rotateId(context, { args: [name], options: {} }) : undefined
  const closed = await close(context, { client, networkId }, known, { keyring: content.keyring, ticket })
  await rm(file, { force: true })
  const identity = await wallet.find(name)
  return {
    json: {
      ...identityJson(identity),
      ...rotated?.json,
      recoveryId: base32FromBytes(known.id),
      txId: closed?.txId ?? null,
      height: closed?.height ?? null,
    },
    text:
      `${name} is back: ${identity.did}. The old words open nothing more.\n` +
      'The recovery is used up; prepare another one: medchain recover setup',
    ...(rotated?.exitCode !== undefined && { exitCode: rotated.exitCode }),
  }
}
