import { hexFromBytes } from '@medchain/core'
import { findAccount, findChart } from '../client/accounts.ts'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import type { CommandContext } from '../command-context.ts'
import { type Acting, ownChartsOf } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import { type ChainEmergency, provenEmergencies } from './chain-emergencies.ts'
import { type DescribedEmergency, describeEmergencies } from './emergency-details.ts'

/** An emergency, and who speaks about it: the person, the chart that it opened, or an institution. */
export interface KnownEmergency extends DescribedEmergency {
  readonly actor: Actor
}

const distinct = (listed: readonly ChainEmergency[]): readonly ChainEmergency[] => [
  ...new Map(listed.map((each) => [hexFromBytes(each.id), each])).values(),
]

const newestFirst = (emergencies: readonly KnownEmergency[]): readonly KnownEmergency[] =>
  [...emergencies].sort((a, b) => b.declaredMs - a.declaredMs)

/** Emergencies that opened the patient's own charts, as the institutions that registered these describe them, or the declarers’. */
const ofPatient = async (context: CommandContext, acting: Acting): Promise<readonly KnownEmergency[]> => {
  const charts = await ownChartsOf(context, acting)
  const all = await Promise.all(
    charts.map(async ({ chart, actor }) => {
      const listed = await provenEmergencies(acting.client, chart)
      const facts = listed.length > 0 ? await findChart(acting.client, chart) : undefined
      const sponsor = facts && idOfDid(facts.sponsor)
      const described = await describeEmergencies(acting.client, actor, listed, sponsor)
      const lacking = described.filter(({ details }) => details === undefined)
      const found = await describeEmergencies(acting.client, actor, lacking)
      const told = [...described.filter(({ details }) => details !== undefined), ...found]
      return told.map((each) => ({ ...each, actor }))
    }),
  )
  return newestFirst(all.flat())
}

/** Emergencies in which a party has a part, as the declarers' institutions describe them. */
export const emergenciesOfParties = async (
  client: NodeClient,
  actor: Actor,
  parties: readonly Uint8Array[],
): Promise<readonly KnownEmergency[]> => {
  const listed = (await Promise.all(parties.map((party) => provenEmergencies(client, party)))).flat()
  const described = await describeEmergencies(client, actor, distinct(listed))
  return newestFirst(described.map((each) => ({ ...each, actor })))
}

/**
 * Emergencies that concern whoever is in use: those of the patient's charts; for staff those that they declared or are to
 * co-sign, and with `isWhole` all of their institution.
 */
export const knownEmergencies = async (
  context: CommandContext,
  acting: Acting,
  isWhole = false,
): Promise<readonly KnownEmergency[]> => {
  if (acting.isPatient) return ofPatient(context, acting)
  const { client, identity } = acting
  const account = isWhole ? await findAccount(client, identity.did) : undefined
  const parties = account?.sponsor ? [identity.id, idOfDid(account.sponsor)] : [identity.id]
  return emergenciesOfParties(client, identity.actor, parties)
}
