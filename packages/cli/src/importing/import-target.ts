import { type Compartment, charts, directoryCharts, type ReleaseHolder } from '@medchain/core'
import { findAccount } from '../client/accounts.ts'
import type { NodeClient } from '../client/node-client.ts'
import { type ProvenMember, provenMembers } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import type { Actor } from '../client/signed-request.ts'
import { CommandError, fail } from '../command-error.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'

/** Who imports, and for which institution. */
export interface ImportAuthor {
  readonly actor: Actor
  /** DID of the person who signs. */
  readonly did: string
  readonly institution: ReleaseHolder
  /** All institutions in the order of admission. */
  readonly members: readonly ReleaseHolder[]
}

/** A chart as a batch is sealed to it. */
export interface TargetChart {
  readonly chart: Uint8Array
  readonly epoch: number
  readonly epochKey: Uint8Array
}

const holderOf = ({ did, sealingKey }: ProvenMember): ReleaseHolder => ({
  institution: idOfDid(did),
  sealingKey: bytesOfHex(sealingKey),
})

/** The author's institution and the holders; `identity.not-author` for whoever no institution vouches for. */
export const findAuthor = async (client: NodeClient, actor: Actor, did: string): Promise<ImportAuthor> => {
  const account = await findAccount(client, did)
  if (account === undefined) {
    return fail(
      'identity.unknown',
      'You are not on the chain yet.',
      'medchain register puts an identity on the chain.',
    )
  }
  const members = await provenMembers(client)
  const own = members.find((member) => member.did === (account.sponsor ?? did))
  if (own === undefined) {
    return fail(
      'identity.not-author',
      'Only people whom an institution of the network enrolled import records.',
    )
  }
  return { actor, did, institution: holderOf(own), members: members.map(holderOf) }
}

/** Current epoch and key of a chart, as the chain proves them: what is sealed to another key is lost or open. */
export const readTargetChart = async (client: NodeClient, chart: Uint8Array): Promise<TargetChart> => {
  const info = await readState(client, charts.schema, charts.keyOf(chart))
  if (info === undefined) return fail('records.unknown-chart', 'The chain does not have the patient’s chart.')
  return { chart, epoch: info.epoch, epochKey: info.epochKey }
}

const fromDirectory = async (
  client: NodeClient,
  { actor, institution }: ImportAuthor,
  person: Uint8Array,
): Promise<ReadonlyMap<Compartment, Uint8Array>> => {
  try {
    const entries = await client.call(directoryCharts, { person }, actor, { node: institution.institution })
    return new Map(entries.map(({ compartment, chart }) => [compartment, chart]))
  } catch (error) {
    if (error instanceof CommandError && error.code === 'directory.unknown') return new Map()
    throw error
  }
}

/**
 * The patient's charts that the author may write to: those that the institution registered, else those of
 * grants to the author. `consent.none` when there are none.
 */
export const findTargetCharts = async (
  client: NodeClient,
  author: ImportAuthor,
  person: Uint8Array,
  granted: () => Promise<ReadonlyMap<Compartment, Uint8Array>>,
): Promise<ReadonlyMap<Compartment, Uint8Array>> => {
  const registered = await fromDirectory(client, author, person)
  const charts = registered.size > 0 ? registered : await granted()
  return charts.size > 0
    ? charts
    : fail(
        'consent.none',
        'There is no chart of this patient that you may write to.',
        'Ask the patient for a grant with --mode write.',
      )
}
