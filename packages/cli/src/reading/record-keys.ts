import { base32FromBytes, erasureOfRecord, type KeyringChart, type RecordKey } from '@medchain/core'
import { readProven } from '../client/proven-view.ts'
import type { Session } from '../wallet/session.ts'
import { ownChart } from './acting.ts'
import { candidatesOf } from './candidates.ts'
import { openReadingPlace, readCandidates } from './read-candidates.ts'
import { ownReadableChart } from './readable-charts.ts'
import { refusalError } from './refusals.ts'

/** Stands for the key of a record that is erased or going to be: the proofs of the list need its id all the same. */
const NO_KEY = new Uint8Array(32)

/** k1 of those of the records that stand in one's own chart, by a listing of their headers; none of erased ones. */
export const readRecordKeys = async (
  { client, identity, networkId, now }: Session,
  entry: KeyringChart,
  recordIds: readonly Uint8Array[],
): Promise<readonly RecordKey[]> => {
  const wanted = new Set(recordIds.map(base32FromBytes))
  const chart = ownReadableChart(ownChart(entry), identity.did)
  const candidates = (await candidatesOf(client, chart)).filter(({ id }) => wanted.has(id))
  const gone = await readProven(
    client,
    (view) =>
      new Set(candidates.filter(({ recordId }) => erasureOfRecord(view, recordId)).map(({ id }) => id)),
  )
  const kept = candidates.filter(({ id }) => !gone.has(id))
  const place = await openReadingPlace({ client, identity, networkId, isPatient: true, now })
  const keys: RecordKey[] = candidates
    .filter(({ id }) => gone.has(id))
    .map(({ recordId }) => ({ recordId, k1: NO_KEY }))
  for await (const { recordId, result } of readCandidates(place, kept, 'list', 'PATRQT')) {
    if (!result.ok) throw refusalError(result)
    keys.push({ recordId, k1: result.value.k1 })
  }
  return keys
}
