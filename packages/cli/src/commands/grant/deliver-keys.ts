import {
  type Compartment,
  envelopeDeliver,
  type GrantKeys,
  type KeyringChart,
  sealGrant,
} from '@medchain/core'
import { CommandError, valueOrFail } from '../../command-error.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { Grantee } from './plan-grants.ts'

export interface Delivery {
  readonly chart: KeyringChart
  readonly grantId: Uint8Array
  readonly mode: string
  readonly purposes: readonly string[]
  readonly isDeny: boolean
}

/** What a grantee gets: the epoch's key to read, the chart's name alone to write, nothing for research or a ban. */
const keysFor = ({
  chart,
  mode,
  purposes,
  isDeny,
}: Delivery): { epoch: number; keys: GrantKeys } | undefined => {
  const last = chart.epochs.at(-1)
  if (last === undefined || isDeny || purposes.includes('HRESCH')) return undefined
  if (mode === 'write') return { epoch: last.epoch, keys: { type: 'records', keys: [] } }
  return { epoch: last.epoch, keys: { type: 'epoch', epochSecret: last.secret } }
}

/** Seals the keys of one grant to its grantee and hands them to the node, which carries them on. */
const deliver = async (session: Session, grantee: Grantee, delivery: Delivery): Promise<void> => {
  const content = keysFor(delivery)
  if (content === undefined) return
  const { chart, grantId } = delivery
  const place = { networkId: session.networkId, grantee: grantee.id }
  const sealed = valueOrFail(
    await sealGrant(grantee.sealingKey, place, {
      grantId,
      chart: chart.chartId,
      person: session.identity.id,
      compartment: chart.compartment as Compartment,
      ...content,
    }),
  )
  await session.client.call(envelopeDeliver, { grantee: grantee.id, grantId, sealed }, chartActor(chart))
}

/** Delivers the keys of a set of grants; those that the node did not take are returned with the reason. */
export const deliverKeys = async (
  session: Session,
  grantee: Grantee,
  deliveries: readonly Delivery[],
): Promise<readonly { readonly delivery: Delivery; readonly error: CommandError }[]> => {
  const failed: { delivery: Delivery; error: CommandError }[] = []
  await Promise.all(
    deliveries.map(async (delivery) => {
      try {
        await deliver(session, grantee, delivery)
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        failed.push({ delivery, error })
      }
    }),
  )
  return failed
}
