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
import { type Delivery, deliverySchema, indexKeys, progressSchema } from '../stored-row.ts'
import { deidentifiedRow, pseudonymOf } from './deidentified-row.ts'

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

const yearOf = (timeMs: number): number => new Date(timeMs).getUTCFullYear()

const rowsOf = async (
  ports: ResearchPorts,
  grant: Grant,
  receiver: Uint8Array,
  ids: readonly Uint8Array[],
) => {
  const opened = await ports.read(grant.chart, ids, 'HRESCH')
  const context = { receiver, pseudonymize: ports.pseudonymize, year: yearOf(ports.chain.head().timeMs) }
  return ids.flatMap((recordId) => {
    const record = opened.get(hexFromBytes(recordId))
    const resource = record?.ok ? deidentifiedRow(record.value.bytes, context) : undefined
    return resource ? [{ record: pseudonymOf(context, hexFromBytes(recordId)), resource }] : []
  })
}

/** Delivers what a grant covers and has not been delivered; stops at the first refusal, to be tried again. */
const handOverGrant = async (
  ports: ResearchPorts,
  grant: Grant,
  person: Uint8Array,
): Promise<Result<void>> => {
  const { view } = ports.chain.head()
  const receiver = receiverOf(view, grant)
  if (!receiver) return ok(undefined)
  const done = await handedOver(ports, grant.grantId)
  const pending = batchesOfChart(view, grant.chart, done)
  const batchCount = done + pending.length
  if (pending.length === 0 && done > 0) return ok(undefined)
  const name = hexFromBytes(
    pseudonymOf({ receiver, pseudonymize: ports.pseudonymize, year: 0 }, hexFromBytes(person)),
  )
  const slices = slicesOf(
    pending.flatMap(({ recordIds }) => recordIds),
    RECORDS_PER_DELIVERY,
  )
  for (const [position, slice] of [...slices, []].entries()) {
    const rows = await rowsOf(ports, grant, receiver, slice)
    const isLast = position === slices.length
    const delivery: Delivery = {
      grantId: grant.grantId,
      person: name,
      rows,
      batchCount: isLast ? batchCount : done,
    }
    const accepted = await ports.deliver(receiver, encode(deliverySchema, delivery))
    if (!accepted.ok) return accepted
  }
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
