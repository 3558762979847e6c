import {
  batches,
  type Chart,
  type ChartEpoch,
  chartBatches,
  chartEpochs,
  chartGrants,
  charts,
  type Grant,
  grants,
  positionKey,
  type ReadView,
  type Table,
} from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { array, boolean, integer, nullable, object, page, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, did, didOrNull, hex, hexOrNull, idFromDid } from '../text.ts'
import { batchJson, batchSchema } from './batch-json.ts'

const chartSchema = object({
  did: string,
  sponsor: string,
  controllerKey: string,
  epoch: integer,
  epochKey: string,
  epochOpenedHeight: integer,
  epochOpenedMs: integer,
  registeredHeight: integer,
  batchCount: integer,
  recordCount: integer,
  recordChain: string,
  grantCount: integer,
  height: integer,
})

const grantSchema = object({
  grantId: string,
  position: integer,
  grantee: string,
  mode: string,
  purposes: array(string),
  fromMs: integer,
  untilMs: integer,
  scopeDigest: nullable(string),
  termsDigest: string,
  broker: nullable(string),
  isDeny: boolean,
  grantedHeight: integer,
  revokedHeight: nullable(integer),
})

const grantJson = (grant: Grant, position: number) => ({
  grantId: base32(grant.grantId),
  position,
  grantee: did(grant.grantee),
  mode: grant.mode,
  purposes: grant.purposes,
  fromMs: grant.fromMs,
  untilMs: grant.untilMs,
  scopeDigest: hexOrNull(grant.scopeDigest),
  termsDigest: hex(grant.termsDigest),
  broker: didOrNull(grant.broker),
  isDeny: grant.isDeny,
  grantedHeight: grant.grantedHeight,
  revokedHeight: grant.revokedHeight ?? null,
})

interface PageRequest {
  readonly Params: { readonly did: string }
  readonly Querystring: { readonly limit: number; readonly cursor: number }
}

const chartOf = (view: ReadView, id: Uint8Array): Chart => {
  const chart = view.get(charts, id)
  if (!chart) throw new ApiError('chart.not-found', 'No such chart is on the chain.')
  return chart
}

/** Items that a table keeps by chart and position, oldest first, and where the next page begins. */
const readPage = <T>(
  count: number,
  { limit, cursor }: PageRequest['Querystring'],
  itemAt: (position: number) => T | undefined,
): { readonly items: T[]; readonly next: number | null } => {
  const end = Math.min(count, cursor + limit)
  const items: T[] = []
  for (let position = cursor; position < end; position++) {
    const item = itemAt(position)
    if (item !== undefined) items.push(item)
  }
  return { items, next: end < count ? end : null }
}

const idAt = (view: ReadView, table: Table<Uint8Array>, chart: Uint8Array, position: number) =>
  view.get(table, chart, positionKey(position))

const parameters = object({ did: string })
const query = { type: 'object', properties: page }

const grantRoute = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('charts', {
    summary: 'Grants that the chart gave, oldest first',
    parameters,
    query,
    answer: object({ grants: array(grantSchema), next: nullable(integer), height: integer }),
  })
  server.get<PageRequest>('/v1/charts/:did/grants', { schema }, (request) => {
    const view = ledger.view()
    const id = idFromDid(request.params.did)
    const { items, next } = readPage(chartOf(view, id).grantCount, request.query, (position) => {
      const grantId = idAt(view, chartGrants, id, position)
      const grant = grantId && view.get(grants, grantId)
      return grant && grantJson(grant, position)
    })
    return { grants: items, next, height: ledger.status().height }
  })
}

const batchRoute = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('charts', {
    summary: 'Batches of records in the chart, oldest first',
    parameters,
    query,
    answer: object({ batches: array(batchSchema), next: nullable(integer), height: integer }),
  })
  server.get<PageRequest>('/v1/charts/:did/batches', { schema }, (request) => {
    const view = ledger.view()
    const id = idFromDid(request.params.did)
    const { items, next } = readPage(chartOf(view, id).batchCount, request.query, (position) => {
      const batchId = idAt(view, chartBatches, id, position)
      const batch = batchId && view.get(batches, batchId)
      return batchId && batch && batchJson(batchId, batch)
    })
    return { batches: items, next, height: ledger.status().height }
  })
}

/** Charts: opaque ids, epochs, who may act, what was anchored. */
export const chartRoutes = (server: ApiServer, services: NodeServices): void => {
  const { ledger } = services
  const schema = routeSchema('charts', {
    summary: 'A chart at the head of the chain',
    parameters,
    answer: chartSchema,
  })
  server.get<{ Params: { did: string } }>('/v1/charts/:did', { schema }, ({ params }) => {
    const id = idFromDid(params.did)
    const view = ledger.view()
    const chart = chartOf(view, id)
    const present = view.get(chartEpochs, id, positionKey(chart.epoch)) as ChartEpoch
    return {
      ...chart,
      did: did(id),
      sponsor: did(chart.sponsor),
      controllerKey: hex(chart.controllerKey),
      epochKey: hex(chart.epochKey),
      epochOpenedHeight: present.height,
      epochOpenedMs: present.timeMs,
      recordChain: hex(chart.recordChain),
      height: ledger.status().height,
    }
  })
  grantRoute(server, services)
  batchRoute(server, services)
}
