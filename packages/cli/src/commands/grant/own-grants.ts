import { base32FromBytes, didFromAccountId, type KeyringChart } from '@medchain/core'
import { findChart, grantsOfChart } from '../../client/accounts.ts'
import type { ChartInfo, GrantInfo } from '../../client/api-types.ts'
import { type Rotation, rotationOf } from '../../rotating/ended-grants.ts'
import type { Session } from '../../wallet/session.ts'

/** One chart's grant as the chain has it, with the chart's secrets beside it. */
export interface OwnGrant {
  readonly info: GrantInfo
  readonly chart: KeyringChart
  readonly facts: ChartInfo | undefined
}

/** Grants that one command made together, under the name of their set. */
export interface GrantSet {
  /** Id of the first grant. */
  readonly grantId: string
  readonly grantee: string
  readonly recordCount: number
  readonly members: readonly OwnGrant[]
}

const height = ({ members }: GrantSet): number => members[0]?.info.grantedHeight ?? 0

/** Every grant of the patient's charts on the chain, in sets, oldest first. */
export const findGrantSets = async ({ client, keyring }: Session): Promise<readonly GrantSet[]> => {
  const { charts, grants: noted } = keyring.current()
  const perChart = await Promise.all(
    charts.map(async (chart) => {
      const [facts, grants] = await Promise.all([
        findChart(client, chart.chartId),
        grantsOfChart(client, chart.chartId),
      ])
      return grants.map((info) => ({ info, chart, facts }))
    }),
  )
  const open = new Map(perChart.flat().map((own) => [own.info.grantId, own]))
  const named = new Map<string, GrantSet>()
  for (const { name, grantIds, grantee, recordIds } of noted) {
    const found = grantIds.flatMap((id) => {
      const own = open.get(base32FromBytes(id))
      return own === undefined || !open.delete(own.info.grantId) ? [] : [own]
    })
    const { members = [], recordCount = 0 } = named.get(name) ?? {}
    const set = { grantId: name, grantee, recordCount: recordCount + recordIds.length }
    if (members.length + found.length > 0) named.set(name, { ...set, members: [...members, ...found] })
  }
  const sets = [...named.values()]
  // What another machine gave, or a keyring that was lost, does not say which belong together.
  for (const own of open.values()) {
    sets.push({ grantId: own.info.grantId, grantee: own.info.grantee, recordCount: 0, members: [own] })
  }
  return sets.sort((a, b) => height(a) - height(b))
}

export type GrantStatus = 'active' | 'not-yet' | 'expired' | 'revoked'

export const statusOf = ({ info }: OwnGrant, timeMs: number): GrantStatus => {
  if (info.revokedHeight !== null) return 'revoked'
  if (timeMs >= info.untilMs) return 'expired'
  return timeMs < info.fromMs ? 'not-yet' : 'active'
}

/** The set's: active as long as one of its grants is. */
export const statusOfSet = ({ members }: GrantSet, timeMs: number): GrantStatus => {
  const all = members.map((own) => statusOf(own, timeMs))
  return all.find((status) => status === 'active') ?? all[0] ?? 'revoked'
}

/** How an ended grant is shut out; undefined while it has not ended, or the node does not say. */
export const rotationOfGrant = ({ info, facts }: OwnGrant, timeMs: number): Rotation | undefined =>
  facts && rotationOf(info, { height: facts.epochOpenedHeight, timeMs: facts.epochOpenedMs }, timeMs)

/** Of a set that has ended as a whole: sealed when each of its grants is. */
export const rotationOfSet = ({ members }: GrantSet, timeMs: number): Rotation | undefined => {
  const all = members.map((own) => rotationOfGrant(own, timeMs))
  if (all.some((rotation) => rotation === undefined)) return undefined
  return all.includes('closed') ? 'closed' : 'sealed'
}

export const ownGrantJson = (own: OwnGrant, timeMs: number) => ({
  ...grantJson(own, timeMs),
  rotation: rotationOfGrant(own, timeMs) ?? null,
})

const grantJson = ({ info, chart, facts }: OwnGrant, timeMs: number) => ({
  chart: didFromAccountId(chart.chartId),
  compartment: chart.compartment,
  grantId: info.grantId,
  deny: info.isDeny,
  purposes: info.purposes,
  status: statusOf({ info, chart, facts }, timeMs),
  grantedHeight: info.grantedHeight,
  revokedHeight: info.revokedHeight,
})
