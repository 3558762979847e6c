import { type GuardianshipFacts, ruleOnGuardian } from '../../access/guardian.ts'
import { ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { clinicianInstitution } from '../emergency/declare.ts'
import { charts, positionKey } from '../identity/tables.ts'
import {
  chartGuardianships,
  type Guardianship,
  guardedCharts,
  guardianships,
  incapacityStatements,
  newestGuardianship,
} from './tables.ts'

export const newestGuardianshipOf = (
  view: ReadView,
  chart: Uint8Array,
  guardian: Uint8Array,
): Guardianship | undefined => {
  const id = view.get(newestGuardianship, chart, guardian)
  return id && view.get(guardianships, id)
}

export const factsOfGuardianship = (
  view: ReadView,
  { guardianshipId, chart, kind, fromMs, untilMs, endedHeight }: Guardianship,
): GuardianshipFacts => ({
  id: guardianshipId,
  kind,
  fromMs,
  untilMs,
  isEnded: endedHeight !== undefined,
  clinicians: (view.get(incapacityStatements, guardianshipId) ?? []).filter((id) =>
    clinicianInstitution(view, id),
  ).length,
  isReserved: view.get(guardedCharts, chart)?.isReserved ?? false,
})

/** What decides whether an account acts for a chart; undefined when it never was its guardian. */
export const guardianFacts = (
  view: ReadView,
  chart: Uint8Array,
  guardian: Uint8Array,
): GuardianshipFacts | undefined => {
  const newest = newestGuardianshipOf(view, chart, guardian)
  return newest && factsOfGuardianship(view, newest)
}

/** The guardianship under which the account may act now; `guardian.none`, or why it may not (G3). */
export const guardianInForce = (
  view: ReadView,
  chart: Uint8Array,
  guardian: Uint8Array,
  timeMs: number,
): Result<Guardianship> => {
  const newest = view.get(charts, chart) && newestGuardianshipOf(view, chart, guardian)
  if (!newest) return refuse('guardian.none', 'The account is no guardian of this chart.')
  const { code, rule } = ruleOnGuardian(factsOfGuardianship(view, newest), timeMs)
  return code === 'permit' ? ok(newest) : refuse(code, rule)
}

/** All guardianships that a chart ever gave, oldest first. */
export const guardianshipsOfChart = (view: ReadView, chart: Uint8Array): readonly Guardianship[] =>
  Array.from({ length: view.get(guardedCharts, chart)?.count ?? 0 }, (_, position) => {
    const id = view.get(chartGuardianships, chart, positionKey(position))
    return id && view.get(guardianships, id)
  }).filter((guardianship) => guardianship !== undefined)
