import { type Compartment, equalBytes, type Guardianship, type KeyringChart } from '@medchain/core'
import {
  type GuardianState,
  guardianState,
  provenGuardians,
  provenStatements,
} from '../../guarding/chart-guardians.ts'
import { sideBySide } from '../../rotating/side-by-side.ts'
import type { Session } from '../../wallet/session.ts'

export interface OwnGuardianship {
  readonly chart: KeyringChart
  readonly guardianship: Guardianship
  readonly state: GuardianState
}

export interface OwnGuardians {
  readonly guardianships: readonly OwnGuardianship[]
  /** Compartments that the patient keeps to themselves. */
  readonly reserved: readonly Compartment[]
}

/** Every guardianship of the patient's charts as the chain proves it, with how it stands now. */
export const findOwnGuardians = async (session: Session): Promise<OwnGuardians> => {
  const { client, keyring } = session
  const { headTimeMs } = await client.status('fresh')
  const timeMs = Math.max(headTimeMs, session.now())
  const charts = await sideBySide(keyring.current().charts, async (chart) => ({
    chart,
    proven: await provenGuardians(client, chart.chartId),
  }))
  const found = charts.flatMap(({ chart, proven }) =>
    proven.guardianships.map((guardianship) => ({ chart, guardianship, isReserved: proven.isReserved })),
  )
  return {
    guardianships: await sideBySide(found, async ({ chart, guardianship, isReserved }) => {
      const statements =
        guardianship.kind === 'proxy' ? await provenStatements(client, guardianship.guardianshipId) : []
      const state = guardianState(guardianship, { isReserved, clinicians: statements.length }, timeMs)
      return { chart, guardianship, state }
    }),
    reserved: charts
      .filter(({ proven }) => proven.isReserved)
      .map(({ chart }) => chart.compartment as Compartment),
  }
}

export const isOf =
  (guardian: Uint8Array, compartments: readonly Compartment[]) =>
  ({ chart, guardianship }: OwnGuardianship): boolean =>
    equalBytes(guardianship.guardian, guardian) &&
    (compartments.length === 0 || (compartments as readonly string[]).includes(chart.compartment))
