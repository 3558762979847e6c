import {
  accounts,
  bytesFromBase32,
  type Compartment,
  charts,
  envelopeDeliver,
  equalBytes,
  type Grant,
  grants as grantTable,
  type KeyringChart,
  sealGrant,
} from '@medchain/core'
import { grantsOfChart } from '../client/accounts.ts'
import type { GrantInfo } from '../client/api-types.ts'
import { readState } from '../client/proven-state.ts'
import { CommandError, fail, valueOrFail } from '../command-error.ts'
import { chartActor } from '../wallet/chart-keys.ts'
import type { Session } from '../wallet/session.ts'
import { bearsEpochs, rotationOf } from './ended-grants.ts'
import type { KeyHolders } from './key-holders.ts'
import { sideBySide } from './side-by-side.ts'

/** The later of block time and wall clock: what either has ended is not served. */
const timeOf = async ({ client, now }: Session): Promise<number> =>
  Math.max((await client.status('fresh')).headTimeMs, now())

const isInForce = ({ revokedHeight, untilMs }: Grant, timeMs: number): boolean =>
  revokedHeight === undefined && timeMs < untilMs

/**
 * The grants of a chart that have not ended, as the chain proves each: to nobody else is anything sealed.
 * `proof.false` for a list that is shorter than the chain's.
 */
const grantsInForce = async (
  session: Session,
  chart: Uint8Array,
  timeMs: number,
): Promise<readonly Grant[]> => {
  const { client } = session
  const told = await grantsOfChart(client, chart)
  const proven = await readState(client, charts.schema, charts.keyOf(chart))
  if (new Set(told.map(({ grantId }) => grantId)).size < (proven?.grantCount ?? 0))
    return fail('proof.false', 'The node leaves out grants that the chart gave.')
  const matters = (grant: GrantInfo) => grant.revokedHeight === null && (grant.isDeny || bearsEpochs(grant))
  const found = await sideBySide(told.filter(matters), ({ grantId }) =>
    readState(client, grantTable.schema, grantTable.keyOf(valueOrFail(bytesFromBase32(grantId)))),
  )
  return found.flatMap((grant) =>
    grant && equalBytes(grant.chart, chart) && isInForce(grant, timeMs) ? [grant] : [],
  )
}

/** Whether a prohibition covers the party, or its institution, and all that the grant is for. */
const isForbidden = (
  { grantee, purposes }: Grant,
  sponsor: Uint8Array | undefined,
  denials: readonly Grant[],
): boolean =>
  denials.some(
    (denial) =>
      [grantee, sponsor].some((party) => party !== undefined && equalBytes(denial.grantee, party)) &&
      purposes.every((purpose) => denial.purposes.includes(purpose)),
  )

/** Seals all epochs to one grantee; nothing for an account that is suspended, or forbidden the chart. */
const handOverTo = async (
  { client, networkId, identity }: Session,
  chart: KeyringChart,
  grant: Grant,
  denials: readonly Grant[],
): Promise<void> => {
  const { grantId, grantee } = grant
  const account = await readState(client, accounts.schema, accounts.keyOf(grantee))
  if (account?.status !== 'active' || isForbidden(grant, account.sponsor, denials)) return
  const content = {
    grantId,
    chart: chart.chartId,
    epoch: chart.epochs.at(-1)?.epoch ?? 0,
    person: identity.id,
    compartment: chart.compartment as Compartment,
    keys: { type: 'epochs', secrets: chart.epochs } as const,
  }
  const sealed = valueOrFail(await sealGrant(account.sealingKey, { networkId, grantee }, content))
  await client.call(envelopeDeliver, { grantee, grantId, sealed }, chartActor(chart))
}

/** Those whom a grant to the whole compartment lets read. */
export const grantees: KeyHolders = {
  async isDue(session, { chart, facts }) {
    // Block time alone: an epoch that begins now is later than what it has ended, whatever this machine's clock says.
    const { headTimeMs } = await session.client.status()
    const told = await grantsOfChart(session.client, chart.chartId)
    return told.some((grant) => rotationOf(grant, facts, headTimeMs) === 'closed')
  },
  async handOver(session, chart) {
    const timeMs = await timeOf(session)
    const inForce = await grantsInForce(session, chart.chartId, timeMs)
    const denials = inForce.filter(({ isDeny, fromMs }) => isDeny && fromMs <= timeMs)
    const errors = await sideBySide(inForce.filter(bearsEpochs), async (grant) => {
      try {
        await handOverTo(session, chart, grant, denials)
        return undefined
      } catch (error) {
        if (error instanceof CommandError) return error
        throw error
      }
    })
    return errors.filter((error) => error !== undefined)
  },
}
