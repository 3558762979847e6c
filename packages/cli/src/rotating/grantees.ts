import {
  type Account,
  accounts,
  type Compartment,
  envelopeDeliver,
  equalBytes,
  type Grant,
  grantsOfChart,
  type KeyringChart,
  type ReadView,
  sealGrant,
} from '@medchain/core'
import { readProven } from '../client/proven-view.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import type { Session } from '../wallet/session.ts'
import { bearsEpochs, rotationOf } from './ended-grants.ts'
import type { KeyHolders } from './key-holders.ts'
import { presentEpochOf } from './present-epoch.ts'
import { sideBySide } from './side-by-side.ts'

interface Reader {
  readonly grant: Grant
  readonly sealingKey: Uint8Array
}

/** Whether a prohibition to read covers the party, or its institution, and all that the grant is for. */
const isForbidden = (
  { grantee, purposes }: Grant,
  sponsor: Uint8Array | undefined,
  denials: readonly Grant[],
): boolean =>
  denials.some(
    (denial) =>
      denial.mode !== 'write' &&
      [grantee, sponsor].some((party) => party !== undefined && equalBytes(denial.grantee, party)) &&
      purposes.every((purpose) => denial.purposes.includes(purpose)),
  )

/** Of one whose institution is suspended the decision refuses everything too. */
const isActive = (view: ReadView, { status, sponsor }: Account): boolean =>
  status === 'active' && (sponsor === undefined || view.get(accounts, sponsor)?.status === 'active')

/** Whoever a grant to the whole chart lets read: no account that is suspended, or that is forbidden it. */
export const readersOf = (view: ReadView, chart: Uint8Array, timeMs: number): readonly Reader[] => {
  const inForce = grantsOfChart(view, chart).filter(
    ({ revokedHeight, untilMs }) => revokedHeight === undefined && timeMs < untilMs,
  )
  const denials = inForce.filter(({ isDeny, fromMs }) => isDeny && fromMs <= timeMs)
  return inForce.filter(bearsEpochs).flatMap((grant) => {
    const account = view.get(accounts, grant.grantee)
    const isEntitled = account && isActive(view, account) && !isForbidden(grant, account.sponsor, denials)
    return isEntitled ? [{ grant, sealingKey: account.sealingKey }] : []
  })
}

/** Seals all epochs to one reader. */
const handOverTo = async (
  { client, networkId, identity }: Session,
  chart: KeyringChart,
  { grant: { grantId, grantee }, sealingKey }: Reader,
): Promise<void> => {
  const content = {
    grantId,
    chart: chart.chartId,
    epoch: chart.epochs.at(-1)?.epoch ?? 0,
    person: identity.id,
    compartment: chart.compartment as Compartment,
    keys: { type: 'epochs', secrets: chart.epochs } as const,
  }
  const sealed = valueOrFail(await sealGrant(sealingKey, { networkId, grantee }, content))
  await client.call(envelopeDeliver, { grantee, grantId, sealed }, chartActor(chart))
}

/** Those whom a grant to the whole compartment lets read. */
export const grantees: KeyHolders = {
  isDue(view, head, id) {
    const opening = presentEpochOf(view, id)
    if (opening === undefined) return false
    // Block time alone: an epoch that begins now is later than what it has ended, whatever this machine's clock says.
    return grantsOfChart(view, id).some((grant) => rotationOf(grant, opening, head.timeMs) === 'closed')
  },
  async handOver(session, chart) {
    const { client, now } = session
    // What either clock has ended is not served, so nothing is sealed for it.
    const readers = await readProven(client, (view, head) =>
      readersOf(view, chart.chartId, Math.max(head.timeMs, now())),
    )
    const errors = await sideBySide(readers, async (reader) => {
      try {
        await handOverTo(session, chart, reader)
        return undefined
      } catch (error) {
        if (error instanceof CommandError) return error
        throw error
      }
    })
    return errors.filter((error) => error !== undefined)
  },
}
