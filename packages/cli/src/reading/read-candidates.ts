import {
  base32FromBytes,
  chartEpochs,
  createScopeProver,
  type DisclosureKind,
  disputeK1,
  type MemberHistory,
  type Purpose,
  positionKey,
  type RecordKey,
  refuse,
  type ScopeProof,
  SEALING_CODES,
  verifyEpochSecret,
} from '@medchain/core'
import {
  type KeySource,
  nodeCiphers,
  type ReadTransport,
  type RecordReading,
  readRecords,
} from '@medchain/node'
import { provenHead } from '../client/proven-head.ts'
import { type ProvenMember, provenMemberHistory, provenMembers } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import type { Actor } from '../client/signed-request.ts'
import type { Acting } from './acting.ts'
import { type Candidate, decidingIdOf } from './candidates.ts'
import type { GrantedList } from './granted-lists.ts'
import { createReadTransport } from './read-transport.ts'
import type { ReadableChart } from './readable-charts.ts'

/** What every reading of one command shares. */
export interface ReadingPlace extends Acting {
  readonly servingNode: Uint8Array
  readonly members: readonly ProvenMember[]
  readonly memberHistory: MemberHistory
  /** Height that one's own node proved: holders that are behind it refuse. */
  readonly minHeight: number
  /** Public key of an epoch, as the chain proves it. */
  readonly epochKeyOf: (chart: Uint8Array, epoch: number) => Promise<Uint8Array | undefined>
  /** The way to the holders for whoever signs. */
  readonly transportFor: (actor: Actor) => ReadTransport
}

export interface CandidateReading extends RecordReading {
  readonly candidate: Candidate
}

export const openReadingPlace = async (acting: Acting): Promise<ReadingPlace> => {
  const { client } = acting
  const [members, { height: minHeight }, servingNode, memberHistory] = await Promise.all([
    provenMembers(client),
    provenHead(client),
    client.institution(),
    provenMemberHistory(client),
  ])
  const transportFor = (actor: Actor) => createReadTransport(acting, actor, servingNode)
  const epochKeyOf = async (chart: Uint8Array, epoch: number) => {
    const key = chartEpochs.keyOf(chart, positionKey(epoch))
    return (await readState(client, chartEpochs.schema, key))?.epochKey
  }
  return { ...acting, servingNode, members, memberHistory, minHeight, epochKeyOf, transportFor }
}

/** Records that grants of single records list. */
export const listedIdsOf = ({ recordLists }: ReadableChart): ReadonlySet<string> =>
  new Set(recordLists.flatMap(({ recordIds }) => recordIds.map(base32FromBytes)))

type Way = 'epochs' | 'records' | 'agent'

const wayTo = (candidate: Candidate, listed: ReadonlySet<string>): Way => {
  if (candidate.chart.epochSecrets.has(candidate.batch.epoch)) return 'epochs'
  return listed.has(decidingIdOf(candidate)) ? 'records' : 'agent'
}

interface ListedKey {
  /** None of records that a grant to one's institution lists. */
  readonly k1: Uint8Array | undefined
  readonly proof: ScopeProof | undefined
}

/**
 * What grants of single records give for the asked ones: k1, and the proof that the record is among those they
 * list. Of several the last that is in force and serves the purpose speaks, one's own before those of one's
 * institution.
 */
const listedKeysOf = (
  { recordLists, institutionLists }: ReadableChart,
  asked: ReadonlySet<string>,
  purpose: Purpose,
): ReadonlyMap<string, ListedKey> => {
  const found = new Map<string, ListedKey>()
  const lists = [
    ...institutionLists.map((list) => ({ ...list, keys: [] as readonly RecordKey[] })),
    ...recordLists,
  ]
  const rankOf = ({ holds, purposes }: GrantedList): number =>
    (holds ? 2 : 0) + (purposes.includes(purpose) ? 1 : 0)
  for (const { recordIds, keys } of lists.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const prove = createScopeProver(recordIds)
    for (const [index, recordId] of recordIds.entries()) {
      const id = base32FromBytes(recordId)
      const k1 = keys[index]?.k1 ?? found.get(id)?.k1
      if (asked.has(id)) found.set(id, { k1, proof: prove(recordId) })
    }
  }
  return found
}

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

/** Epochs of which a grant handed over another secret than that of the key on the chain. */
const findFalseEpochs = async (
  { epochKeyOf }: ReadingPlace,
  { chart, way, candidates }: ReadingGroup,
): Promise<ReadonlySet<number>> => {
  if (way !== 'epochs' || chart.isOwn) return new Set()
  const epochs = [...new Set(candidates.map(({ batch }) => batch.epoch))]
  const checked = await Promise.all(
    epochs.map(async (epoch) => {
      const key = await epochKeyOf(chart.chart, epoch)
      const secret = chart.epochSecrets.get(epoch)
      return key && secret && verifyEpochSecret(secret, key, nodeCiphers).ok ? [] : [epoch]
    }),
  )
  return new Set(checked.flat())
}

const KEY_MISMATCH = refuse('grant.key-mismatch', SEALING_CODES['grant.key-mismatch'])

/** Reads candidates by ordinary disclosures: each is yielded once, opened and checked, or refused. */
export async function* readCandidates(
  place: ReadingPlace,
  candidates: readonly Candidate[],
  kind: DisclosureKind,
  purpose: Purpose,
): AsyncGenerator<CandidateReading> {
  const { networkId, servingNode, memberHistory, minHeight, now } = place
  for (const group of groupCandidates(candidates)) {
    const { chart, way } = group
    const falseEpochs = await findFalseEpochs(place, group)
    const isFalse = ({ batch }: Candidate) => falseEpochs.has(batch.epoch)
    for (const candidate of group.candidates.filter(isFalse))
      yield { recordId: candidate.recordId, result: KEY_MISMATCH, faults: [], candidate }
    const own = group.candidates.filter((candidate) => !isFalse(candidate))
    const listed = listedKeysOf(chart, new Set(own.map(decidingIdOf)), purpose)
    const byId = new Map(own.map((candidate) => [candidate.id, candidate]))
    const find = (recordId: Uint8Array): ListedKey | undefined => {
      const candidate = byId.get(base32FromBytes(recordId))
      const key = candidate && listed.get(decidingIdOf(candidate))
      return key?.k1 && candidate?.batch.disputed
        ? { ...key, k1: disputeK1(key.k1, { networkId, recordId }, nodeCiphers) }
        : key
    }
    const request = {
      networkId,
      actor: chart.actor.id,
      sign: chart.actor.sign,
      chart: chart.chart,
      recordIds: own.map(({ recordId }) => recordId),
      kind,
      purpose,
      servingNode,
      memberHistory,
      minHeight,
      nowMs: now,
      keys: keySourceOf(chart, way, find),
      scopeProofOf: (recordId: Uint8Array) => find(recordId)?.proof,
    }
    for await (const reading of readRecords(request, place.transportFor(chart.actor))) {
      const candidate = byId.get(base32FromBytes(reading.recordId))
      if (candidate !== undefined) yield { ...reading, candidate }
    }
  }
}

/** Purpose of a reading that names none: the patient's own request, or treatment. */
export const usualPurpose = ({ isPatient }: Acting): Purpose => (isPatient ? 'PATRQT' : 'TREAT')
