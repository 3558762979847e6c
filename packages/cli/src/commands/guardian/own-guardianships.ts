import { type Compartment, equalBytes, type KeyringChart } from '@medchain/core'
import { readProven } from '../../client/proven-view.ts'
import { guardiansIn, type StatedGuardianship } from '../../guarding/chart-guardians.ts'
import type { Session } from '../../wallet/session.ts'

export interface OwnGuardianship extends StatedGuardianship {
  readonly chart: KeyringChart
}

export interface OwnGuardians {
  readonly guardianships: readonly OwnGuardianship[]
  /** Compartments that the patient keeps to themselves. */
  readonly reserved: readonly string[]
}

/** Every guardianship of the patient's charts as the chain proves it, with how it stands now. */
export const findOwnGuardians = async ({ client, keyring, now }: Session): Promise<OwnGuardians> => {
  const { charts } = keyring.current()
  const found = await readProven(client, (view, head) =>
    charts.map((chart) => ({ chart, ...guardiansIn(view, chart.chartId, Math.max(head.timeMs, now())) })),
  )
  return {
    guardianships: found.flatMap(({ chart, stated }) => stated.map((each) => ({ ...each, chart }))),
    reserved: found.filter(({ isReserved }) => isReserved).map(({ chart }) => chart.compartment),
  }
}

export const isOf =
  (guardian: Uint8Array, compartments: readonly Compartment[]) =>
  ({ chart, guardianship }: OwnGuardianship): boolean =>
    equalBytes(guardianship.guardian, guardian) &&
    (compartments.length === 0 || (compartments as readonly string[]).includes(chart.compartment))
