import {
  base32FromBytes,
  type DisclosureKind,
  type Purpose,
  type ScopeProof,
  scopeProofOf,
} from '@medchain/core'
import { type KeySource, type RecordReading, readRecords } from '@medchain/node'
import type { Member } from '../client/api-types.ts'
import { type MemberOrders, provenMemberOrders } from '../client/proven-members.ts'
import type { Acting } from './acting.ts'
import type { Candidate } from './candidates.ts'
import { createReadTransport } from './read-transport.ts'
import type { ReadableChart } from './readable-charts.ts'

/** What every reading of one command shares. */
export interface ReadingPlace extends Acting {
  readonly servingNode: Uint8Array
  readonly members: readonly Member[]
  readonly memberOrders: MemberOrders
  /** Height of one's own node: holders that are behind it refuse. */
  readonly minHeight: number
}

export interface CandidateReading extends RecordReading {
  readonly candidate: Candidate
}

export const openReadingPlace = async (acting: Acting): Promise<ReadingPlace> => {
  const { client } = acting
  const [{ members }, { height }, servingNode, memberOrders] = await Promise.all([
    client.get<{ members: readonly Member[] }>('/v1/members'),
    client.status('fresh'),
    client.institution(),
    provenMemberOrders(client),
  ])
  return { ...acting, servingNode, members, memberOrders, minHeight: height }
}

/** Records that grants of single records list. */
export const listedIdsOf = ({ recordLists }: ReadableChart): ReadonlySet<string> =>
  new Set(recordLists.flat().map(({ recordId }) => base32FromBytes(recordId)))

type Way = 'epochs' | 'records' | 'agent'

const wayTo = ({ id, chart, batch }: Candidate, listed: ReadonlySet<string>): Way => {
  if (chart.epochSecrets.has(batch.epoch)) return 'epochs'
  return listed.has(id) ? 'records' : 'agent'
}

interface ListedKey {
  readonly k1: Uint8Array
  readonly proof: ScopeProof | undefined
}

/** What grants of single records give: k1, and the proof that the record is among those they list. */
const listedKeysOf = ({ recordLists }: ReadableChart): ReadonlyMap<string, ListedKey> =>
  new Map(
    recordLists.flatMap((list) => {
      const recordIds = list.map(({ recordId }) => recordId)
      return list.map(({ recordId, k1 }) => [
        base32FromBytes(recordId),
        { k1, proof: scopeProofOf(recordIds, recordId) },
      ])
    }),
  )

const keySourceOf = (
  chart: ReadableChart,
  way: Way,
  find: (recordId: Uint8Array) => ListedKey | undefined,
): KeySource => {
  if (way === 'epochs') return { type: 'epochs', secretOf: (epoch) => chart.epochSecrets.get(epoch) }
  return way === 'records' ? { type: 'records', k1Of: (recordId) => find(recordId)?.k1 } : { type: 'agent' }
}

/** Candidates of one chart that are opened with the same kind of key. */
interface ReadingGroup {
  readonly chart: ReadableChart
  readonly way: Way
  readonly candidates: Candidate[]
}

const groupCandidates = (candidates: readonly Candidate[]): readonly ReadingGroup[] => {
  const groups = new Map<string, ReadingGroup>()
  const listedIn = new Map<ReadableChart, ReadonlySet<string>>()
  for (const candidate of candidates) {
    const { chart } = candidate
    const listed = listedIn.get(chart) ?? listedIdsOf(chart)
    listedIn.set(chart, listed)
    const way = wayTo(candidate, listed)
    const name = `${chart.did} ${way}`
    const group = groups.get(name) ?? { chart, way, candidates: [] }
    groups.set(name, group)
    group.candidates.push(candidate)
  }
  return [...groups.values()]
}

/** Reads candidates by ordinary disclosures: each is yielded once, opened and checked, or refused. */
export async function* readCandidates(
  place: ReadingPlace,
  candidates: readonly Candidate[],
  kind: DisclosureKind,
  purpose: Purpose,
): AsyncGenerator<CandidateReading> {
  const { networkId, servingNode, memberOrders, minHeight, now } = place
  for (const { chart, way, candidates: own } of groupCandidates(candidates)) {
    const listed = listedKeysOf(chart)
    const find = (recordId: Uint8Array) => listed.get(base32FromBytes(recordId))
    const byId = new Map(own.map((candidate) => [candidate.id, candidate]))
    const request = {
      networkId,
      actor: chart.actor.id,
      sign: chart.actor.sign,
      chart: chart.chart,
      recordIds: own.map(({ recordId }) => recordId),
      kind,
      purpose,
      servingNode,
      memberOrders,
      minHeight,
      nowMs: now,
      keys: keySourceOf(chart, way, find),
      scopeProofOf: (recordId: Uint8Array) => find(recordId)?.proof,
    }
    for await (const reading of readRecords(request, createReadTransport(place, chart.actor, servingNode))) {
      const candidate = byId.get(base32FromBytes(reading.recordId))
      if (candidate !== undefined) yield { ...reading, candidate }
    }
  }
}

/** Purpose of a reading that names none: the patient's own request, or treatment. */
export const usualPurpose = ({ isPatient }: Acting): Purpose => (isPatient ? 'PATRQT' : 'TREAT')
