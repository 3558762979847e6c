import { type AccountKeys, accountRotationMessage, hexFromBytes, rotateAccount } from '@medchain/core'
import { findAccount } from '../client/accounts.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import { fail } from '../command-error.ts'
import { withFormerSealing } from '../wallet/former-keys.ts'
import { failAsRotated } from '../wallet/key-owner.ts'
import { inceptionOf } from '../wallet/secrets.ts'
import type { Session } from '../wallet/session.ts'
import { type KeyChange, writeNextKeyring } from './key-change.ts'

const transactionFor = ({ before, after }: KeyChange, { networkId, now }: Session): Uint8Array => {
  const { signingKey, sealingKey } = inceptionOf(after.secrets)
  const keys: AccountKeys = { signingKey, sealingKey }
  const possession = after.actor.sign(accountRotationMessage(networkId, before.id, keys))
  const { kind, payload: schema } = rotateAccount
  const payload = { ...keys, inception: before.inception, possession }
  const plan = { networkId, sender: before.id, kind, schema, payload, timeMs: now() }
  return signTransaction(createTransactionBody(plan), [before.actor])
}

/** Puts the next keys of an account on the chain; what was sealed to the present ones stays readable by the keyring. */
export const changeAccountKeys = async (
  change: KeyChange,
  openBefore: () => Promise<Session>,
): Promise<void> => {
  const { client, before, after } = change
  const account = await findAccount(client, before.did)
  if (account === undefined)
    return fail(
      'identity.unknown',
      'The identity is not on the chain yet.',
      'medchain register puts it there.',
    )
  if (account.signingKey === hexFromBytes(inceptionOf(after.secrets).signingKey)) return
  if (account.signingKey !== hexFromBytes(inceptionOf(before.secrets).signingKey)) return failAsRotated()
  const session = await openBefore()
  await session.keyring.pull()
  const current = session.keyring.current()
  const keyring = withFormerSealing(current, after.secrets.formerSealing ?? [])
  await writeNextKeyring(change, session.networkId, { ...keyring, version: current.version + 1 })
  await client.submit(transactionFor(change, session), true)
}
