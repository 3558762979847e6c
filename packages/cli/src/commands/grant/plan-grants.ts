import { accountIdFromDid, accounts, type GrantTerms, type KeyringChart, scopeDigestOf } from '@medchain/core'
import { findChart } from '../../client/accounts.ts'
import type { NodeClient } from '../../client/node-client.ts'
import { readState } from '../../client/proven-state.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { findParty, type Party } from '../../wallet/contacts.ts'
import { createTerms } from '../../wallet/grant-terms.ts'
import type { Session } from '../../wallet/session.ts'
import { shuffled } from '../../wallet/shuffled.ts'
import type { GrantChoices } from './grant-choices.ts'
import type { ChartScope } from './grant-scope.ts'

export interface Grantee extends Party {
  /** X25519 key that the grant's keys are sealed to. */
  readonly sealingKey: Uint8Array
}

/** One chart's part of a grant. */
export interface PlannedGrant extends ChartScope {
  readonly terms: GrantTerms
}

/** The account of a grantee, as the chain proves it; `consent.unknown-grantee` when the chain has none in force. */
export const findGrantee = async (
  session: Pick<Session, 'client' | 'wallet'>,
  typed: string,
): Promise<Grantee> => {
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

/** The terms of one command, the same for every chart of it. */
export type SharedTerms = Pick<GrantChoices, 'mode' | 'purposes' | 'fromMs' | 'untilMs' | 'broker' | 'isDeny'>

/** Terms for each part of the scope, in an order that tells nothing. */
export const planGrants = async (
  { client, wallet }: Session,
  parts: readonly ChartScope[],
  choices: SharedTerms,
  grantee: Pick<Grantee, 'id'>,
): Promise<readonly PlannedGrant[]> => {
  const isResearch = choices.purposes.includes('HRESCH')
  const named = choices.broker === undefined ? undefined : (await findParty(wallet.files, choices.broker)).id
  return Promise.all(
    shuffled(parts).map(async ({ chart, recordIds }) => {
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
