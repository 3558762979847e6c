import type { KeyringChart } from '@medchain/core'
import { type ErasureInfo, erasuresOfChart, type HoldInfo, holdsOfChart } from '../../client/erasures.ts'
import { provenMembers } from '../../client/proven-members.ts'
import { shortId } from '../../format/id.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import type { CommandAction, JsonValue } from '../command-spec.ts'

interface OwnErasure {
  readonly chart: KeyringChart
  readonly info: ErasureInfo
}

const ownErasures = async ({ client, keyring }: Session): Promise<readonly OwnErasure[]> => {
  const perChart = await Promise.all(
    keyring.current().charts.map(async (chart) => {
      const told = await erasuresOfChart(client, chart.chartId)
      return told.map((info) => ({ chart, info }))
    }),
  )
  return perChart.flat().sort((a, b) => a.info.requestedMs - b.info.requestedMs)
}

const ownHolds = async ({ client, keyring }: Session) => {
  const perChart = await Promise.all(
    keyring
      .current()
      .charts.map(async (chart) =>
        (await holdsOfChart(client, chart.chartId)).map((hold) => ({ chart, hold })),
      ),
  )
  return perChart.flat()
}

const erasureJson = ({ chart, info }: OwnErasure): { readonly [key: string]: JsonValue } => ({
  erasureId: info.erasureId,
  chart: info.chart,
  compartment: chart.compartment,
  state: info.state,
  records: info.records,
  withheld: info.withheld.map((each) => ({ ...each })),
  requestedAt: rfc3339(info.requestedMs),
  dueAt: rfc3339(info.dueMs),
  signed: info.signed.map((each) => ({ ...each })),
  owing: info.owing,
  left: info.left,
})

const holdJson = (chart: KeyringChart, hold: HoldInfo): { readonly [key: string]: JsonValue } => ({
  holdId: hold.holdId,
  compartment: chart.compartment,
  institution: hold.institution,
  reason: hold.reason,
  documentDigest: hold.documentDigest,
  records: hold.records,
  placedAt: rfc3339(hold.placedMs),
})

/** The patient's erasures with their receipts, proven by the chain, and the holds that keep records. */
export const listErasures: CommandAction = async (context) => {
  const session = await openPatientSession(context)
  const progress = await context.progress('Asking the chain')
  const [own, held, members] = await Promise.all([
    ownErasures(session),
    ownHolds(session),
    provenMembers(session.client),
  ]).finally(progress.stop)
  const nameOf = (did: string): string => members.find((member) => member.did === did)?.name ?? did
  const rows = own.map(({ chart, info }) => {
    const total = info.signed.length + info.owing.length
    const isCounted = info.state === 'pending' || info.state === 'erased'
    return [
      shortId(info.erasureId),
      chart.compartment,
      String(info.records.length),
      isCounted ? `${info.state} (${info.signed.length} of ${total})` : info.state,
      rfc3339(info.dueMs),
      isCounted ? info.owing.map(nameOf).join(', ') : '',
    ]
  })
  const columns = ['Erasure', 'Compartment', 'Records', 'State', 'Due', 'Still owing'] as const
  const lines = [tableText(columns, rows, 'You asked for no erasure.', context.columns)]
  for (const { info } of own) {
    for (const { record, institution, reason } of info.withheld)
      lines.push(`· ${shortId(record)} is kept by ${nameOf(institution)}: ${reason}`)
    if (info.left.length > 0)
      lines.push(`· ${shortId(info.erasureId)}: ${info.left.length} institutions left without having signed`)
  }
  for (const { chart, hold } of held) {
    const what = hold.records.length === 0 ? 'all of it' : `${hold.records.length} records`
    lines.push(`· ${chart.compartment}: ${nameOf(hold.institution)} keeps ${what}: ${hold.reason}`)
  }
  return {
    json: {
      erasures: own.map(erasureJson),
      holds: held.map(({ chart, hold }) => holdJson(chart, hold)),
    },
    text: lines.join('\n'),
  }
}
