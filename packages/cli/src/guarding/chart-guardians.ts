import {
  chartGuardianships,
  type Guardianship,
  guardedCharts,
  guardianships,
  incapacityStatements,
  positionKey,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'
import { sideBySide } from '../rotating/side-by-side.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

/** What the chain proves of a chart's guardians. */
export interface ChartGuardians {
  readonly isReserved: boolean
  /** All that it ever appointed, oldest first. */
  readonly guardianships: readonly Guardianship[]
}

export const provenGuardianship = (
  client: Asked,
  guardianshipId: Uint8Array,
): Promise<Guardianship | undefined> =>
  readState(client, guardianships.schema, guardianships.keyOf(guardianshipId))

export const provenGuardians = async (client: Asked, chart: Uint8Array): Promise<ChartGuardians> => {
  const guarded = await readState(client, guardedCharts.schema, guardedCharts.keyOf(chart))
  const positions = Array.from({ length: guarded?.count ?? 0 }, (_, position) => position)
  const found = await sideBySide(positions, async (position) => {
    const key = chartGuardianships.keyOf(chart, positionKey(position))
    const id = await readState(client, chartGuardianships.schema, key)
    return id && provenGuardianship(client, id)
  })
  return {
    isReserved: guarded?.isReserved ?? false,
    guardianships: found.filter((guardianship) => guardianship !== undefined),
  }
}

/** Clinicians whose statement of incapacity stands. */
export const provenStatements = async (
  client: Asked,
  guardianshipId: Uint8Array,
): Promise<readonly Uint8Array[]> =>
  (await readState(client, incapacityStatements.schema, incapacityStatements.keyOf(guardianshipId))) ?? []

export const GUARDIAN_STATES = ['active', 'not-yet', 'not-activated', 'ended', 'expired', 'reserved'] as const

export type GuardianState = (typeof GUARDIAN_STATES)[number]

/** How a guardianship stands at a time, as the chain's rule sees it. */
export const guardianState = (
  { kind, fromMs, untilMs, endedHeight }: Guardianship,
  { isReserved, clinicians }: { readonly isReserved: boolean; readonly clinicians: number },
  timeMs: number,
): GuardianState => {
  if (endedHeight !== undefined) return 'ended'
  if (timeMs >= untilMs) return 'expired'
  if (isReserved) return 'reserved'
  if (timeMs < fromMs) return 'not-yet'
  return kind === 'proxy' && clinicians < 2 ? 'not-activated' : 'active'
}
