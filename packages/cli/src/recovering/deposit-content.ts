import {
  accountIdFromInception,
  encodeKeyring,
  type Keyring,
  recoveryDeposit,
  sealRecoveryContent,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import type { OpenIdentity } from '../wallet/wallet.ts'
import { findRecovery } from './known-recovery.ts'
import { type PreparedRecovery, preparedRecoveriesOf } from './recovery-entry.ts'
import { keysActor } from './recovery-keys.ts'

/** Whose secrets, and where they go. */
interface Place {
  readonly identity: OpenIdentity
  readonly client: NodeClient
  readonly networkId: Uint8Array
  readonly keyring: { readonly current: () => Keyring }
}

/** The secrets of the present words and the keyring, sealed to a recovery. */
export const sealContent = async (
  { identity, networkId, keyring }: Place,
  prepared: PreparedRecovery,
): Promise<Uint8Array> => {
  const { inception } = prepared
  const place = { networkId, recoveryId: accountIdFromInception(inception), recipient: inception.sealingKey }
  const { signingSeed, sealingSecret, salt } = identity.secrets
  const current = keyring.current()
  const content = {
    inception: identity.inception,
    signingSeed,
    sealingSecret,
    salt,
    keyring: encodeKeyring(current),
  }
  return valueOrFail(await sealRecoveryContent(place, content, current.version, keysActor(prepared).sign))
}

/** Brings the newest secrets to every custodian; answers how many took them, undefined for a closed recovery. */
const depositTo = async (place: Place, prepared: PreparedRecovery): Promise<number | undefined> => {
  const { client, keyring } = place
  const content = await sealContent(place, prepared)
  const { recovery } = await findRecovery(client, accountIdFromInception(prepared.inception))
  if (recovery.closedHeight !== undefined) return undefined
  const payload = { share: undefined, counter: keyring.current().version, content }
  const taken = await Promise.all(
    recovery.custodians.map(async ({ institution: node }) => {
      try {
        await client.call(recoveryDeposit, payload, keysActor(prepared), { node })
        return true
      } catch (error) {
        // One that has newer content than this has it from another machine of the person.
        if (error instanceof CommandError) return error.code === 'recover.stale'
        throw error
      }
    }),
  )
  return taken.filter((isTaken) => isTaken).length
}

/** After each change of the keyring, what a recovery would bring back is renewed; a failure is told and waits for the next. */
export const refreshRecovery = async (place: Place, warn: (line: string) => void): Promise<void> => {
  const prepared = preparedRecoveriesOf(place.keyring.current()).at(-1)
  if (prepared === undefined) return
  try {
    if ((await depositTo(place, prepared)) === 0)
      warn('No custodian took the newest keyring: a recovery would bring an older one back.')
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    warn(`What a recovery would bring back is not renewed yet: ${error.message}`)
  }
}
