import {
  base32FromBytes,
  COMPARTMENTS,
  type Committed,
  type Compartment,
  type CoSigned,
  chartRegistrationSchema,
  didFromAccountId,
  type GrantTerms,
  type KeyringChart,
  type KeyringGrant,
  registerCharts,
} from '@medchain/core'
import { findChart } from '../../client/accounts.ts'
import { proveCommitted } from '../../client/proven-transaction.ts'
import { createTransactionBody, signBody } from '../../client/signed-transaction.ts'
import { chartActor, createChart, publicPartOf } from '../../wallet/chart-keys.ts'
import { createTerms, inOneYear, startOfDay } from '../../wallet/grant-terms.ts'
import type { Session } from '../../wallet/session.ts'
import { shuffled } from '../../wallet/shuffled.ts'

const KIND = 'identity.register-chart'

interface ChartChoices {
  readonly token: string | undefined
  readonly now: () => number
  readonly givesWriteAccess: boolean
}

/** Charts that the keyring holds, made now where compartments have none; durable before anything is sent. */
const ensureCharts = async ({ keyring }: Session): Promise<readonly KeyringChart[]> => {
  const has = new Set(keyring.current().charts.map((chart) => chart.compartment))
  const missing = COMPARTMENTS.filter((compartment) => !has.has(compartment))
  if (missing.length === 0) return keyring.current().charts
  const made = missing.map(createChart)
  return (await keyring.save((current) => ({ ...current, charts: [...current.charts, ...made] }))).charts
}

const writeTerms = (chart: Uint8Array, sponsor: Uint8Array, nowMs: number): GrantTerms =>
  createTerms(chart, {
    grantee: sponsor,
    mode: 'write',
    purposes: ['TREAT'],
    fromMs: startOfDay(nowMs),
    untilMs: inOneYear(nowMs),
    scopeDigest: undefined,
    broker: undefined,
    isDeny: false,
  })

interface Planned {
  readonly chart: KeyringChart
  readonly firstGrant: GrantTerms | undefined
}

const grantEntry = (sponsor: Uint8Array, planned: readonly Planned[]): readonly KeyringGrant[] => {
  const given = planned.flatMap(({ chart, firstGrant }) => (firstGrant ? [{ chart, firstGrant }] : []))
  const first = given[0]?.firstGrant
  if (first === undefined) return []
  return [
    {
      name: base32FromBytes(first.grantId),
      grantIds: given.map(({ firstGrant }) => firstGrant.grantId),
      grantee: didFromAccountId(sponsor),
      compartments: given.map(({ chart }) => chart.compartment),
      recordIds: [],
      purposes: first.purposes,
      fromMs: first.fromMs,
      untilMs: first.untilMs,
    },
  ]
}

const coSigned = (
  session: Session,
  sponsor: Uint8Array,
  { chart, firstGrant }: Planned,
  timeMs: number,
): CoSigned => {
  const body = createTransactionBody({
    networkId: session.networkId,
    sender: sponsor,
    kind: KIND,
    schema: chartRegistrationSchema,
    payload: { ...publicPartOf(chart), firstGrant },
    timeMs,
  })
  return { body, signer: chart.chartId, signature: signBody(body, chartActor(chart)) }
}

/** Registers the charts that the chain does not have yet, in shuffled order, through the node's institution. */
export const registerChartsOf = async (
  session: Session,
  choices: ChartChoices,
): Promise<readonly Committed[]> => {
  const { client, keyring, identity } = session
  await keyring.pull()
  const charts = await ensureCharts(session)
  const known = await Promise.all(charts.map((chart) => findChart(client, chart.chartId)))
  const missing = charts.filter((_, index) => known[index] === undefined)
  if (missing.length === 0) {
    await keyring.push()
    return []
  }
  const sponsor = await client.institution()
  const nowMs = choices.now()
  const planned = shuffled(missing).map((chart) => ({
    chart,
    firstGrant: choices.givesWriteAccess ? writeTerms(chart.chartId, sponsor, nowMs) : undefined,
  }))
  await keyring.save((current) => ({
    ...current,
    grants: [...current.grants, ...grantEntry(sponsor, planned)],
  }))
  const payload = planned.map((plan) => ({
    compartment: plan.chart.compartment as Compartment,
    registration: coSigned(session, sponsor, plan, nowMs),
  }))
  const committed = await client.call(
    registerCharts,
    { charts: payload, token: choices.token },
    identity.actor,
  )
  await keyring.push()
  return Promise.all(committed.map((each) => proveCommitted(client, each)))
}
