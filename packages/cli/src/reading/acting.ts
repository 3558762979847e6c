import { type Compartment, didFromAccountId, type KeyringChart } from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import type { CommandContext } from '../command-context.ts'
import { noteWaiting } from '../emergencies/notices.ts'
import { finishRotations } from '../rotating/finish-rotations.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import { type KeyringStore, openKeyringStore } from '../wallet/keyring-store.ts'
import { openIdentity } from '../wallet/open-identity.ts'
import type { OpenIdentity } from '../wallet/wallet.ts'

/** Who a command acts as, towards which node. */
export interface Acting {
  readonly client: NodeClient
  readonly networkId: Uint8Array
  readonly identity: OpenIdentity
  readonly isPatient: boolean
  readonly now: () => number
}

/** A chart of one's own, with what signs and opens for it. */
export interface OwnChart {
  readonly chart: Uint8Array
  readonly did: string
  readonly compartment: Compartment
  readonly actor: Actor
  readonly epochs: KeyringChart['epochs']
}

/** Opens the identity in use, after the node has answered, so that nobody types a passphrase in vain. */
export const actAs = async (context: CommandContext): Promise<Acting> => {
  const wallet = await context.wallet()
  const chosen = await wallet.current()
  const client = await context.client()
  const networkId = await client.networkId()
  const identity = await openIdentity(wallet, client, chosen)
  return { client, networkId, identity, isPatient: identity.role === 'patient', now: context.host.now }
}

const opened = new WeakMap<Acting, Promise<KeyringStore>>()

const openKeyring = async (context: CommandContext, acting: Acting): Promise<KeyringStore> => {
  const wallet = await context.wallet()
  const { client, identity } = acting
  const keyring = await openKeyringStore(identity, { client, files: wallet.files, warn: context.warn })
  await keyring.pull()
  await finishRotations({ ...acting, wallet, keyring }, context.warn)
  await noteWaiting(context, client, identity)
  return keyring
}

/** A patient's keyring with what other machines of the person changed, and whatever has ended sealed. */
export const openPatientKeyring = (context: CommandContext, acting: Acting): Promise<KeyringStore> => {
  const opening = opened.get(acting) ?? openKeyring(context, acting)
  opened.set(acting, opening)
  return opening
}

export const ownChart = (entry: KeyringChart): OwnChart => ({
  chart: entry.chartId,
  did: didFromAccountId(entry.chartId),
  compartment: entry.compartment as Compartment,
  actor: chartActor(entry),
  epochs: entry.epochs,
})

export const ownChartsOf = async (context: CommandContext, acting: Acting): Promise<readonly OwnChart[]> =>
  (await openPatientKeyring(context, acting)).current().charts.map(ownChart)
