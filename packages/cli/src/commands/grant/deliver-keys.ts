import {
  type Compartment,
  envelopeDeliver,
  equalBytes,
  type GrantKeys,
  type KeyringChart,
  sealGrant,
} from '@medchain/core'
import { provenHead } from '../../client/proven-head.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { readRecordKeys } from '../../reading/record-keys.ts'
import { bearsEpochs } from '../../rotating/ended-grants.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { Grantee } from './plan-grants.ts'

export interface Delivery {
  readonly chart: KeyringChart
  readonly grantId: Uint8Array
  readonly mode: string
  readonly purposes: readonly string[]
  readonly isDeny: boolean
  /** Present when the grant is limited to listed records. */
  readonly scopeDigest: unknown
}

/** Records that a grant is limited to, as the keyring notes them for the set that it belongs to. */
const listedRecords = ({ keyring }: Session, grantId: Uint8Array): readonly Uint8Array[] =>
  keyring.current().grants.find(({ grantIds }) => grantIds.some((id) => equalBytes(id, grantId)))
    ?.recordIds ?? []

/**
 * What a grantee gets: the secrets of all epochs to read, single records' keys where the grant lists them, the
 * chart's name alone to write, nothing for research or a ban.
 */
const keysFor = async (
  session: Session,
  delivery: Delivery,
): Promise<{ epoch: number; keys: GrantKeys } | undefined> => {
  const { chart, grantId, mode, purposes, isDeny } = delivery
  const epoch = chart.epochs.at(-1)?.epoch
  if (epoch === undefined || isDeny || purposes.includes('HRESCH')) return undefined
  if (mode === 'write') return { epoch, keys: { type: 'records', keys: [] } }
  if (bearsEpochs(delivery)) return { epoch, keys: { type: 'epochs', secrets: chart.epochs } }
  const listed = listedRecords(session, grantId)
  // Without its list a narrow grant gives nothing; the whole chart's keys would be too much.
  return listed.length === 0
    ? fail('grant.list-unknown', 'This machine’s keyring does not have the list of records of that grant.')
    : { epoch, keys: { type: 'records', keys: await readRecordKeys(session, chart, listed) } }
}

/** Seals the keys of one grant to its grantee and hands them to the node, which carries them on. */
const deliver = async (session: Session, grantee: Grantee, delivery: Delivery): Promise<void> => {
  const content = await keysFor(session, delivery)
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
  // What was sealed before an erasure was asked for goes with the record (erasure X7).
  const { headTimeMs } = await provenHead(session.client)
  await session.client.call(envelopeDeliver, { grantee: grantee.id, grantId, sealed }, chartActor(chart), {
    notBeforeMs: headTimeMs,
  })
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
