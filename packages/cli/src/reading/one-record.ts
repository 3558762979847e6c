import {
  batchIdFromRecordId,
  type DisclosureKind,
  didFromAccountId,
  indexFromRecordId,
  type Purpose,
} from '@medchain/core'
import type { OpenedRecord } from '@medchain/node'
import { findAccount } from '../client/accounts.ts'
import type { BatchInfo } from '../client/api-types.ts'
import { disputesAbout } from '../client/disputes.ts'
import { supersededOfRecord } from '../client/supersessions.ts'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import { findEmergencyCharts } from '../emergencies/emergency-charts.ts'
import { type Acting, actAs, ownChartsOf } from './acting.ts'
import type { Candidate } from './candidates.ts'
import { findBatch, idOfDid, readGrants } from './chain-facts.ts'
import { institutionLists } from './granted-lists.ts'
import { openReadingPlace, type ReadingPlace, readCandidates, usualPurpose } from './read-candidates.ts'
import { findReadableCharts, type ReadableChart } from './readable-charts.ts'
import { denyAsStranger, hintingOwnIds, parseRecordId } from './record-id-text.ts'
import { createFaultNotes, namingMembers, refusalError } from './refusals.ts'

/** A chart of which only the id is known: the holders decide, and one's institution may have the key. */
const unknownChart = async (acting: Acting, batch: BatchInfo): Promise<ReadableChart> => {
  const { client, identity } = acting
  const chart = idOfDid(batch.chart)
  const account = await findAccount(client, identity.did)
  const institution = account?.sponsor ? idOfDid(account.sponsor) : undefined
  return {
    chart,
    did: batch.chart,
    compartment: 'general',
    subject: '',
    actor: identity.actor,
    isOwn: false,
    epochSecrets: new Map(),
    recordLists: [],
    institutionLists: await institutionLists(acting, chart, institution, await readGrants(client, chart)),
    institution,
  }
}

/** A reader who has no standing hears so before the record plays a part. */
const checkReader = async ({ client, identity }: Acting): Promise<void> => {
  const account = await findAccount(client, identity.did)
  if (account === undefined) return fail('identity.unknown', 'You are not on the chain yet.')
  if (account.status !== 'active') return fail('identity.suspended', 'Your account is suspended.')
}

const chartOf = async (
  context: CommandContext,
  acting: Acting,
  batch: BatchInfo,
  purpose: Purpose,
): Promise<ReadableChart> => {
  if (purpose === 'BTG' && !acting.isPatient) {
    const [opened] = await findEmergencyCharts(context, acting, undefined, idOfDid(batch.chart))
    return opened ?? (await unknownChart(acting, batch))
  }
  if (acting.isPatient) {
    const own = await ownChartsOf(context, acting)
    if (!own.some(({ did }) => did === batch.chart)) return denyAsStranger()
  }
  const charts = await findReadableCharts(context, acting, undefined)
  return charts.find(({ did }) => did === batch.chart) ?? (await unknownChart(acting, batch))
}

export interface OneRecord {
  readonly acting: Acting
  readonly candidate: Candidate
  readonly batch: BatchInfo
  readonly record: OpenedRecord
  readonly purpose: Purpose
  readonly place: ReadingPlace
}

const askForOne = async (
  context: CommandContext,
  acting: Acting,
  typedId: string,
  { kind, purpose }: { readonly kind: DisclosureKind; readonly purpose: Purpose },
): Promise<OneRecord> => {
  if (!acting.isPatient) await checkReader(acting)
  const recordId = parseRecordId(typedId)
  const batch = await findBatch(acting.client, batchIdFromRecordId(recordId))
  if (batch === undefined || indexFromRecordId(recordId) >= batch.count) return denyAsStranger()
  const [chart, place, superseded, disputes] = await Promise.all([
    chartOf(context, acting, batch, purpose),
    openReadingPlace(acting),
    supersededOfRecord(acting.client, recordId),
    disputesAbout(acting.client, idOfDid(batch.chart), recordId),
  ])
  const candidate = { id: typedId.trim().toLowerCase(), recordId, chart, batch, superseded, disputes }
  const note = createFaultNotes(context, place)
  for await (const reading of readCandidates(place, [candidate], kind, purpose)) {
    note(reading)
    if (!reading.result.ok) throw namingMembers(refusalError(reading.result), place.members)
    return { acting, candidate, batch, record: reading.result.value, purpose, place }
  }
  return denyAsStranger()
}

/**
 * Reads one record by its id. Whoever may not read it is refused alike whether or not it exists; other
 * failures carry the code of the leg that failed.
 */
export const readOneRecordAs = (
  context: CommandContext,
  acting: Acting,
  typedId: string,
  purpose: Purpose,
): Promise<OneRecord> => {
  return askForOne(context, acting, typedId, { kind: 'read', purpose })
}

/** The header and keys of one record, by a listing of it alone; refusals as above. */
export const listOneRecordAs = (
  context: CommandContext,
  acting: Acting,
  typedId: string,
  purpose: Purpose,
): Promise<OneRecord> => askForOne(context, acting, typedId, { kind: 'list', purpose })

/** The same as whoever is in use, for a purpose that may depend on that; an old head is borne. */
export const readOneRecord = async (
  context: CommandContext,
  typedId: string,
  purposeOf: (usual: Purpose) => Purpose,
): Promise<OneRecord> => {
  context.bearOldHead()
  const acting = await actAs(context)
  return hintingOwnIds(context, () =>
    readOneRecordAs(context, acting, typedId, purposeOf(usualPurpose(acting))),
  )
}

export const authorOf = ({ record }: OneRecord): string => didFromAccountId(record.batch.author)
