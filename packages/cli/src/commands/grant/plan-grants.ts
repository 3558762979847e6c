import {
  accountIdFromDid,
  accounts,
  type Compartment,
  type GrantTerms,
  type KeyringChart,
  scopeDigestOf,
} from '@medchain/core'
import { findChart } from '../../client/accounts.ts'
import type { NodeClient } from '../../client/node-client.ts'
import { readState } from '../../client/proven-state.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { findParty, type Party } from '../../wallet/contacts.ts'
import { createTerms } from '../../wallet/grant-terms.ts'
import type { Session } from '../../wallet/session.ts'
import { shuffled } from '../../wallet/shuffled.ts'
import { findOwnRecords } from './find-records.ts'
import type { GrantChoices } from './grant-choices.ts'

export interface Grantee extends Party {
  /** X25519 key that the grant's keys are sealed to. */
  readonly sealingKey: Uint8Array
}

/** One chart's part of a grant. */
export interface PlannedGrant {
  readonly chart: KeyringChart
  readonly terms: GrantTerms
  /** Listed records; empty for the whole compartment. */
  readonly recordIds: readonly Uint8Array[]
}

/** The account of a grantee, as the chain proves it; `consent.unknown-grantee` when the chain has none in force. */
export const findGrantee = async (session: Session, typed: string): Promise<Grantee> => {
  const party = await findParty(session.wallet.files, typed)
  const account = await readState(session.client, accounts.schema, accounts.keyOf(party.id))
  if (account === undefined || account.status !== 'active') {
    return fail('consent.unknown-grantee', `${party.name} has no active account on the chain.`)
  }
  return { ...party, sealingKey: account.sealingKey }
}

const sponsorOf = async (client: NodeClient, { chartId }: KeyringChart): Promise<Uint8Array> => {
  const chart = await findChart(client, chartId)
  if (chart === undefined)
    return fail('chart.not-found', 'A chart of yours is not on the chain.', 'medchain register completes it.')
  return valueOrFail(accountIdFromDid(chart.sponsor))
}

const chartsFor = (
  charts: readonly KeyringChart[],
  compartments: readonly Compartment[],
): readonly KeyringChart[] =>
  compartments.map(
    (compartment) =>
      charts.find((chart) => chart.compartment === compartment) ??
      fail(
        'chart.not-found',
        `You have no chart for ${compartment} yet.`,
        'medchain register makes your charts.',
      ),
  )

/** Terms for each chart that the choices touch, in an order that tells nothing. */
export const planGrants = async (
  session: Session,
  choices: GrantChoices,
  grantee: Grantee,
): Promise<readonly PlannedGrant[]> => {
  const { client, keyring, wallet } = session
  const own = keyring.current().charts
  if (own.length === 0)
    return fail('chart.not-found', 'You have no charts yet.', 'medchain register makes your charts.')
  const listed =
    choices.records.length > 0
      ? await findOwnRecords(
          client,
          chartsFor(
            own,
            choices.compartments.length > 0
              ? choices.compartments
              : own.map(({ compartment }) => compartment as Compartment),
          ),
          choices.records,
        )
      : undefined
  const charts = chartsFor(own, listed === undefined ? choices.compartments : [...listed.keys()])
  const isResearch = choices.purposes.includes('HRESCH')
  const named = choices.broker === undefined ? undefined : (await findParty(wallet.files, choices.broker)).id
  return Promise.all(
    shuffled(charts).map(async (chart) => {
      const recordIds = listed?.get(chart.compartment as Compartment) ?? []
      const terms = createTerms(chart.chartId, {
        grantee: grantee.id,
        mode: choices.mode,
        purposes: choices.purposes,
        fromMs: choices.fromMs,
        untilMs: choices.untilMs,
        scopeDigest: recordIds.length > 0 ? scopeDigestOf(recordIds) : undefined,
        broker: isResearch ? (named ?? (await sponsorOf(client, chart))) : undefined,
        isDeny: choices.isDeny,
      })
      return { chart, terms, recordIds }
    }),
  )
}
