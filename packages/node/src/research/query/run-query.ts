import { ok, type Result, refuse } from '@medchain/core'
import { isStaffOf } from '../../custody/anchoring.ts'
import { freshHead } from '../../disclosure/fresh-head.ts'
import type { Receiver } from '../broker/receive.ts'
import type { ResearchPorts } from '../ports.ts'
import type { RefreshReport } from '../refresh-own.ts'
import type { ResourceIndex } from '../resource-index.ts'
import { answerQuery } from './answer-query.ts'
import { disclosedRows } from './disclosed-rows.ts'
import { parseQueryRequest, type QueryRequest } from './query-request.ts'
import { visibleRecords } from './visible-records.ts'
import { licenceOf, visibleGrants } from './visible-units.ts'

const DELIVERY_WAIT_MS = 10_000
const DELIVERY_POLL_MS = 100

export interface QueryComponents {
  readonly ports: ResearchPorts
  readonly index: ResourceIndex
  readonly receiver: Receiver
  /** One refresh at a time, shared by those who ask meanwhile. */
  readonly refresh: () => Promise<RefreshReport>
}

/** Operations are the staff's and the institution's; researchers count de-identified rows; nobody else asks. */
const mayAsk = (
  { chain, self }: ResearchPorts,
  actor: Uint8Array,
  purpose: QueryRequest['purpose'],
): boolean => isStaffOf(chain.head().view, actor, self.id, purpose === 'HRESCH' ? 'deidentified' : 'read')

/** Waits for the rows of grants that the actor may count; others' are nothing to it. */
const waitForDeliveries = async (
  { ports, receiver }: QueryComponents,
  actor: Uint8Array,
): Promise<number> => {
  const pendingNow = () => receiver.pendingCount(new Set(visibleGrants(ports, receiver, actor)))
  const endMs = ports.clock.wallMs() + DELIVERY_WAIT_MS
  let pending = await pendingNow()
  while (pending > 0 && ports.clock.wallMs() < endMs) {
    await new Promise<void>((resolve) => ports.clock.setTimer(DELIVERY_POLL_MS, resolve))
    pending = await pendingNow()
  }
  return pending
}

const answerOperations = async (components: QueryComponents, request: QueryRequest, actor: Uint8Array) => {
  const { ports, index } = components
  // Into an open table rows come as they are read; one opened afterwards would read them again.
  const [table, { unread }] = await Promise.all([index.table(), components.refresh()])
  const head = await freshHead(ports, 0)
  if (!head.ok) return { answer: head, licence: null, incomplete: unread }
  const visible = await visibleRecords(ports, table, actor)
  const answer = await answerQuery(table, request, visible, disclosedRows(ports))
  return { answer, licence: null, incomplete: unread }
}

const answerResearch = async (components: QueryComponents, request: QueryRequest, actor: Uint8Array) => {
  const { ports, index, receiver } = components
  const incomplete = await waitForDeliveries(components, actor)
  await receiver.sweep()
  const table = await index.table()
  const head = await freshHead(ports, 0)
  if (!head.ok) return { answer: head, licence: null, incomplete }
  const units = visibleGrants(ports, receiver, actor)
  const licence = licenceOf(units, request.query, ports.chain.head().height)
  return {
    answer: await answerQuery(table, request, { units, records: [] }, async (rows) => rows),
    licence,
    incomplete,
  }
}

/**
 * Answers a JSON query request with a JSON document. `incomplete` counts what should have been in the answer
 * and could not be read or shown (records under HOPERAT, grants whose rows have not arrived under HRESCH).
 */
export const runQuery = async (
  components: QueryComponents,
  actor: Uint8Array,
  json: string,
): Promise<Result<string>> => {
  const request = parseQueryRequest(json)
  if (!request.ok) return request
  const { purpose } = request.value
  if (!mayAsk(components.ports, actor, purpose)) {
    return refuse('research.not-staff', 'Only active staff of this institution may query its node.')
  }
  const { answer, licence, incomplete } =
    purpose === 'HOPERAT'
      ? await answerOperations(components, request.value, actor)
      : await answerResearch(components, request.value, actor)
  if (!answer.ok) return answer
  const { height } = components.ports.chain.head()
  const { unshown = 0, ...shown } = { unshown: undefined, ...answer.value }
  return ok(JSON.stringify({ height, purpose, licence, incomplete: incomplete + unshown, ...shown }))
}
