import {
  base32FromBytes,
  didFromAccountId,
  type ErasureState,
  erasureIdsOfChart,
  erasureStateIn,
  erasures,
  hexFromBytes,
  holds,
  holdsIn,
  type ReadView,
  recordsOfErasure,
  withheldRecords,
} from '@medchain/core'
import { type ProvenHead, type ProvingMany, readProven } from './proven-view.ts'

// As the chain proves it: whether a record is erased, and who signed for it, is not a node's word.

export interface WithheldInfo {
  readonly record: string
  readonly holdId: string
  readonly institution: string
  readonly reason: string
}

/** An erasure with its receipts; institutions and charts are DIDs, ids base32. */
export interface ErasureInfo {
  readonly erasureId: string
  readonly chart: string
  readonly state: ErasureState['state']
  readonly records: readonly string[]
  readonly withheld: readonly WithheldInfo[]
  readonly requestedMs: number
  readonly dueMs: number
  readonly signed: readonly { readonly institution: string; readonly height: number }[]
  readonly owing: readonly string[]
  readonly left: readonly string[]
}

export interface HoldInfo {
  readonly holdId: string
  readonly institution: string
  readonly reason: string
  readonly documentDigest: string
  /** None for the whole chart. */
  readonly records: readonly string[]
  readonly placedMs: number
  readonly periodMs: number | undefined
}

const withheldIn = (view: ReadView, erasureId: Uint8Array): readonly WithheldInfo[] =>
  (view.get(withheldRecords, erasureId) ?? []).flatMap(({ recordId, holdId }) => {
    const hold = view.get(holds, holdId)
    if (hold === undefined) return []
    const institution = didFromAccountId(hold.institution)
    const ids = { record: base32FromBytes(recordId), holdId: base32FromBytes(holdId) }
    return [{ ...ids, institution, reason: hold.reason }]
  })

const erasureInfo = (view: ReadView, id: Uint8Array, { timeMs }: ProvenHead): ErasureInfo[] => {
  const erasure = view.get(erasures, id)
  const found = erasureStateIn(view, id, timeMs)
  if (erasure === undefined || found === undefined) return []
  const { state, signed, owing, left } = found
  const { requestedMs, dueMs } = erasure
  return [
    {
      erasureId: base32FromBytes(id),
      chart: didFromAccountId(erasure.chart),
      state,
      records: recordsOfErasure(view, id).map(base32FromBytes),
      withheld: withheldIn(view, id),
      requestedMs,
      dueMs,
      signed: signed.map(({ institution, height }) => ({
        institution: didFromAccountId(institution),
        height,
      })),
      owing: owing.map(didFromAccountId),
      left: left.map(didFromAccountId),
    },
  ]
}

/** Erasures that a chart asked for, oldest first. */
export const erasuresOfChart = (client: ProvingMany, chart: Uint8Array): Promise<readonly ErasureInfo[]> =>
  readProven(client, (view, head) =>
    erasureIdsOfChart(view, chart).flatMap((id) => erasureInfo(view, id, head)),
  )

/** Holds on a chart that nobody released. */
export const holdsOfChart = (client: ProvingMany, chart: Uint8Array): Promise<readonly HoldInfo[]> =>
  readProven(client, (view) =>
    holdsIn(view, chart).map(({ id, institution, reason, documentDigest, records, placedMs, periodMs }) => ({
      holdId: base32FromBytes(id),
      institution: didFromAccountId(institution),
      ...{ reason, placedMs, periodMs },
      documentDigest: hexFromBytes(documentDigest),
      records: records.map(base32FromBytes),
    })),
  )
