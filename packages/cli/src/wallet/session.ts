import type { NodeClient } from '../client/node-client.ts'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import { noteWaiting } from '../emergencies/notices.ts'
import { type KeyringStore, openKeyringStore } from './keyring-store.ts'
import { openIdentity } from './open-identity.ts'
import type { OpenIdentity, Wallet } from './wallet.ts'

/** An identity at work: its keys open, its keyring up to date, its node checked. */
export interface Session {
  readonly identity: OpenIdentity
  readonly client: NodeClient
  readonly wallet: Wallet
  readonly networkId: Uint8Array
  readonly keyring: KeyringStore
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Opens the identity in use; asks the node first, so that nobody types a passphrase in vain. */
export const openSession = async (context: CommandContext): Promise<Session> => {
  const wallet = await context.wallet()
  const chosen = await wallet.current()
  const client = await context.client()
  const identity = await openIdentity(wallet, client, chosen)
  const keyring = await openKeyringStore(identity, { client, files: wallet.files, warn: context.warn })
  const networkId = await client.networkId()
  return { identity, client, wallet, networkId, keyring, now: context.host.now }
}

/** A session of a patient, with what other machines of the person changed. */
export const openPatientSession = async (context: CommandContext): Promise<Session> => {
  const session = await openSession(context)
  const { name, role } = session.identity
  if (role !== 'patient') {
    return fail(
      'usage.role',
      `${name} is a ${role}; only a patient has charts and gives grants.`,
      'Name a patient with --as.',
    )
  }
  await session.keyring.pull()
  await noteWaiting(context, session.client, session.identity)
  return session
}
