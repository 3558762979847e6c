import {
  accounts,
  charts,
  decode,
  encode,
  equalBytes,
  type Grant,
  grantsOfChart,
  hexFromBytes,
  isInstitutionRole,
  ok,
  type ReadView,
  type Result,
} from '@medchain/core'
import { batchesOfChart, slicesOf } from '../chart-records.ts'
import type { ResearchPorts } from '../ports.ts'
import { deliverySchema, indexKeys, progressSchema } from '../stored-row.ts'
import { pseudonymOf } from './deidentified-row.ts'
import { portionsOf, type ReleasedRow, releasedRows } from './released-rows.ts'

const RECORDS_PER_DELIVERY = 200

/** The institution whose node receives what a grant lets be delivered. */
export const receiverOf = (view: ReadView, grant: Grant): Uint8Array | undefined => {
  const account = view.get(accounts, grant.grantee)
  if (!account) return undefined
  return isInstitutionRole(account.role) ? grant.grantee : account.sponsor
}

const isDue = (grant: Grant, self: Uint8Array, timeMs: number): boolean =>
  grant.broker !== undefined &&
  equalBytes(grant.broker, self) &&
  !grant.isDeny &&
  grant.revokedHeight === undefined &&
  grant.fromMs <= timeMs &&
  timeMs < grant.untilMs

const handedOver = async ({ vault }: ResearchPorts, grantId: Uint8Array): Promise<number> => {
  const value = await vault.get({ kind: 'index', key: indexKeys.handedOver(grantId) })
  const progress = value.ok && value.value ? decode(progressSchema, value.value) : undefined
  return progress?.ok ? progress.value.batchCount : 0
}

/** Delivers what a grant covers and has not been delivered; stops at the first refusal, to be tried again. */
const handOverGrant = async (
  ports: ResearchPorts,
  grant: Grant,
  personId: Uint8Array,
): Promise<Result<void>> => {
  const head = ports.chain.head()
  const receiver = receiverOf(head.view, grant)
  if (!receiver) return ok(undefined)
  const done = await handedOver(ports, grant.grantId)
  const pending = batchesOfChart(head, grant.chart, done)
  const batchCount = done + pending.length
  if (pending.length === 0 && done > 0) return ok(undefined)
  const context = { receiver, pseudonymize: ports.pseudonymize, year: 0 }
  const person = hexFromBytes(pseudonymOf(context, hexFromBytes(personId)))
  const send = (rows: readonly ReleasedRow[], upTo: number): Promise<Result<void>> =>
    ports.deliver(
      receiver,
      encode(deliverySchema, { grantId: grant.grantId, person, rows, batchCount: upTo }),
    )
  // Nothing is read, and logged as read, for a receiver that is away or refuses.
  const isTaken = await send([], done)
  if (!isTaken.ok) return isTaken
  const ids = pending.flatMap(({ recordIds }) => recordIds)
  for (const slice of slicesOf(ids, RECORDS_PER_DELIVERY)) {
    const rows = await releasedRows(ports, grant.chart, receiver, slice)
    if (!rows.ok) return rows
    for (const portion of portionsOf(rows.value)) {
      const accepted = await send(portion, done)
      if (!accepted.ok) return accepted
    }
  }
  const accepted = await send([], batchCount)
  if (!accepted.ok) return accepted
  const key = indexKeys.handedOver(grant.grantId)
  await ports.vault.putBatch([{ kind: 'index', key, value: encode(progressSchema, { batchCount }) }])
  return ok(undefined)
}

/** Delivers for all research grants of one chart that name this institution as broker. */
export const handOverChart = async (
  ports: ResearchPorts,
  chart: Uint8Array,
  person: Uint8Array,
): Promise<Result<void>> => {
  const { view, timeMs } = ports.chain.head()
  if (!view.get(charts, chart)?.grantCount) return ok(undefined)
  for (const grant of grantsOfChart(view, chart)) {
    if (!isDue(grant, ports.self.id, timeMs)) continue
    const outcome = await handOverGrant(ports, grant, person)
    if (!outcome.ok) return outcome
  }
  return ok(undefined)
}
