import {
  base32FromBytes,
  type Compartment,
  didFromAccountId,
  directoryCharts,
  epochSecretsOf,
  equalBytes,
  type RecordKey,
} from '@medchain/core'
import { findAccount } from '../client/accounts.ts'
import type { Actor } from '../client/signed-request.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { type Acting, type OwnChart, ownChartsOf } from './acting.ts'
import { idOfDid, readGrants } from './chain-facts.ts'
import { ofTheirCharts, type ReceivedGrant, receivedGrants } from './granted-keys.ts'
import { type GrantedList, inForceLast, institutionLists } from './granted-lists.ts'

/** A chart that one knows how to ask for, and the keys that one holds for it. */
export interface ReadableChart {
  readonly chart: Uint8Array
  readonly did: string
  readonly compartment: Compartment
  /** DID of the patient. */
  readonly subject: string
  /** Who signs: the chart itself for a patient, else the person. */
  readonly actor: Actor
  readonly isOwn: boolean
  /** Secrets of epochs that the patient's keyring or grants hold. */
  readonly epochSecrets: ReadonlyMap<number, Uint8Array>
  /** For each grant of single records, those that it lists, with their keys. */
  readonly recordLists: readonly (GrantedList & { readonly keys: readonly RecordKey[] })[]
  /** The same of grants to the person's institution, whose key agent has the keys. */
  readonly institutionLists: readonly GrantedList[]
  /** The person's institution, which may have written records here; absent for a patient. */
  readonly institution: Uint8Array | undefined
}

/** A chart of one's own: everything in it can be asked for. */
export const ownReadableChart = (
  { chart, did, compartment, actor, epochs }: OwnChart,
  subject: string,
): ReadableChart => ({
  chart,
  did,
  compartment,
  actor,
  subject,
  isOwn: true,
  epochSecrets: new Map(epochs.map(({ epoch, secret }) => [epoch, secret])),
  recordLists: [],
  institutionLists: [],
  institution: undefined,
})

interface KnownChart {
  readonly chart: Uint8Array
  readonly compartment: Compartment
  readonly person: Uint8Array
}

const fromDirectory = async (
  { client, identity }: Acting,
  person: Uint8Array,
): Promise<readonly KnownChart[]> => {
  try {
    const entries = await client.call(directoryCharts, { person }, identity.actor)
    return entries.map((entry) => ({ ...entry, person }))
  } catch (error) {
    // The institution does not know the patient, or the person is no member of its staff.
    if (error instanceof CommandError && /^(directory|consent|identity)\./.test(error.code)) return []
    throw error
  }
}

const withKeys = async (
  acting: Acting,
  institution: Uint8Array | undefined,
  { chart, compartment, person }: KnownChart,
  grants: readonly ReceivedGrant[],
): Promise<ReadableChart> => {
  const { identity, client, now } = acting
  const own = grants.filter((grant) => equalBytes(grant.chart, chart))
  const told = await readGrants(client, chart)
  return {
    chart,
    did: didFromAccountId(chart),
    compartment,
    subject: didFromAccountId(person),
    actor: identity.actor,
    isOwn: false,
    epochSecrets: new Map(own.flatMap(epochSecretsOf).map(({ epoch, secret }) => [epoch, secret])),
    recordLists: inForceLast(
      own.flatMap(({ grantId, keys }) =>
        keys.type === 'records'
          ? [{ grantId, keys: keys.keys, recordIds: keys.keys.map(({ recordId }) => recordId) }]
          : [],
      ),
      told,
      now(),
    ),
    institutionLists: await institutionLists(acting, chart, institution, told),
    institution,
  }
}

/**
 * Charts that the person in use can ask for: a patient's own, for others those of grants received and, for a
 * subject, those in their institution's directory. In an order that is the same every time.
 */
export const findReadableCharts = async (
  context: CommandContext,
  acting: Acting,
  subject: Uint8Array | undefined,
): Promise<readonly ReadableChart[]> => {
  if (acting.isPatient) {
    const isSelf = subject === undefined || equalBytes(subject, acting.identity.id)
    const own = isSelf ? await ownChartsOf(context, acting) : []
    return own.map((chart) => ownReadableChart(chart, acting.identity.did))
  }
  const isAsked = ({ person }: Pick<KnownChart, 'person'>): boolean =>
    subject === undefined || equalBytes(person, subject)
  const [account, received, listed] = await Promise.all([
    findAccount(acting.client, acting.identity.did),
    receivedGrants(acting),
    subject === undefined ? [] : fromDirectory(acting, subject),
  ])
  const institution = account?.sponsor ? idOfDid(account.sponsor) : undefined
  if (institution && !equalBytes(institution, await acting.client.institution())) {
    context.warn('This is not the node of the institution that enrolled you; grants to you wait there.')
  }
  const grants = await ofTheirCharts(acting.client, received.filter(isAsked))
  const known = new Map<string, KnownChart>()
  for (const entry of [...grants, ...listed]) known.set(base32FromBytes(entry.chart), entry)
  const sorted = [...known.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  return Promise.all(sorted.map(([, entry]) => withKeys(acting, institution, entry, grants)))
}
