import {
  type Erasure,
  erasureIdsOfChart,
  erasureStateIn,
  erasures,
  holds,
  holdsIn,
  type PlacedHold,
  type ReadView,
  recordsOfErasure,
  withheldRecords,
} from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { array, integer, nullable, object, page, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, did, hex, idFromDid, idFromText } from '../text.ts'

const withheldSchema = object({ record: string, holdId: string, institution: string, reason: string })

const erasureSchema = object({
  erasureId: string,
  chart: string,
  state: string,
  records: array(string),
  withheld: array(withheldSchema),
  requestedHeight: integer,
  requestedMs: integer,
  dueMs: integer,
  signed: array(object({ institution: string, height: integer })),
  owing: array(string),
  left: array(string),
})

const holdSchema = object({
  holdId: string,
  institution: string,
  reason: string,
  documentDigest: string,
  records: array(string),
  placedHeight: integer,
  placedMs: integer,
  periodMs: nullable(integer),
})

const withheldJson = (view: ReadView, erasureId: Uint8Array) =>
  (view.get(withheldRecords, erasureId) ?? []).flatMap(({ recordId, holdId }) => {
    const hold = view.get(holds, holdId)
    if (!hold) return []
    const { institution, reason } = hold
    return [{ record: base32(recordId), holdId: base32(holdId), institution: did(institution), reason }]
  })

const erasureJson = (view: ReadView, id: Uint8Array, erasure: Erasure, timeMs: number) => {
  const { state, signed, owing, left } = erasureStateIn(view, id, timeMs) ?? {
    ...{ state: erasure.status, signed: [], owing: [], left: [] },
  }
  const { requestedHeight, requestedMs, dueMs } = erasure
  return {
    erasureId: base32(id),
    chart: did(erasure.chart),
    state,
    records: recordsOfErasure(view, id).map(base32),
    withheld: withheldJson(view, id),
    requestedHeight,
    requestedMs,
    dueMs,
    signed: signed.map(({ institution, height }) => ({ institution: did(institution), height })),
    owing: owing.map(did),
    left: left.map(did),
  }
}

const holdJson = ({ id, records, institution, documentDigest, periodMs, ...rest }: PlacedHold) => ({
  holdId: base32(id),
  institution: did(institution),
  documentDigest: hex(documentDigest),
  records: records.map(base32),
  reason: rest.reason,
  placedHeight: rest.placedHeight,
  placedMs: rest.placedMs,
  periodMs: periodMs ?? null,
})

const holdRoute = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('erasures', {
    summary: 'Holds on a chart that nobody released: what they keep is not erased',
    parameters: object({ did: string }),
    answer: object({ holds: array(holdSchema), height: integer }),
  })
  server.get<{ Params: { did: string } }>('/v1/charts/:did/holds', { schema }, ({ params }) => ({
    holds: holdsIn(ledger.view(), idFromDid(params.did)).map(holdJson),
    height: ledger.status().height,
  }))
}

interface ListRequest {
  readonly Params: { readonly did: string }
  readonly Querystring: { readonly limit: number; readonly cursor: number }
}

const listRoute = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('erasures', {
    summary: 'Erasures that a chart asked for, oldest first',
    parameters: object({ did: string }),
    query: { type: 'object', properties: page },
    answer: object({ erasures: array(erasureSchema), next: nullable(integer), height: integer }),
  })
  server.get<ListRequest>('/v1/charts/:did/erasures', { schema }, ({ params, query }) => {
    const view = ledger.view()
    const { height, headTimeMs } = ledger.status()
    const ids = erasureIdsOfChart(view, idFromDid(params.did))
    const end = query.cursor + query.limit
    const found = ids.slice(query.cursor, end).flatMap((id) => {
      const erasure = view.get(erasures, id)
      return erasure ? [erasureJson(view, id, erasure, headTimeMs)] : []
    })
    return { erasures: found, next: end < ids.length ? end : null, height }
  })
}

/** Erasures of records, who has destroyed and who still owes, and the holds that keep records. */
export const erasureRoutes = (server: ApiServer, services: NodeServices): void => {
  const { ledger } = services
  const schema = routeSchema('erasures', {
    summary: 'An erasure at the head of the chain',
    parameters: object({ id: string }),
    answer: object({ erasure: erasureSchema, height: integer }),
  })
  server.get<{ Params: { id: string } }>('/v1/erasures/:id', { schema }, ({ params }) => {
    const view = ledger.view()
    const id = idFromText(params.id, 32)
    const erasure = view.get(erasures, id)
    if (!erasure) throw new ApiError('erasure.not-found', 'No such erasure is on the chain.')
    const { height, headTimeMs } = ledger.status()
    return { erasure: erasureJson(view, id, erasure, headTimeMs), height }
  })
  listRoute(server, services)
  holdRoute(server, services)
}
