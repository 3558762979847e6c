import {
  accountIdFromInception,
  didFromAccountId,
  hexFromBytes,
  type Inception,
  inceptionsByKey,
  type PersonSecrets,
  personFind,
} from '@medchain/core'
import { findAccount } from '../client/accounts.ts'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'
import { fail } from '../command-error.ts'
import { type IdentityRole, parseIdentityRole } from './identity.ts'
import { actorOfKeys, inceptionOf } from './secrets.ts'

/** Whose keys these are. */
export interface KeyOwner {
  readonly role: IdentityRole
  /** First keys of the identity: its id hashes them. */
  readonly inception: Inception
}

export const failAsRotated = (): never =>
  fail('identity.rotated', 'These keys were replaced by newer ones; restore the identity from its new words.')

const accountOwner = async (
  client: NodeClient,
  inception: Inception,
  present: Inception,
): Promise<KeyOwner | undefined> => {
  const account = await findAccount(client, didFromAccountId(accountIdFromInception(inception)))
  if (account === undefined) return undefined
  if (account.signingKey !== hexFromBytes(present.signingKey)) return failAsRotated()
  return { role: parseIdentityRole(account.role), inception }
}

/**
 * The identity that keys belong to: by their first use, or by a rotation that the chain or the institutions’
 * directories know of. `identity.rotated` for keys that were replaced.
 */
export const findKeyOwner = async (client: NodeClient, secrets: PersonSecrets): Promise<KeyOwner> => {
  const keys = inceptionOf(secrets)
  const own = await accountOwner(client, keys, keys)
  if (own) return own
  const first = await readState(client, inceptionsByKey.schema, inceptionsByKey.keyOf(keys.signingKey))
  const rotated = first && (await accountOwner(client, first, keys))
  if (rotated) return rotated
  const history = await client.call(personFind, [], actorOfKeys(secrets))
  return { role: 'patient', inception: history?.inception ?? keys }
}
