import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import { newestGuardianshipOf } from './in-force.ts'
import {
  chartGuardianships,
  type GuardianshipTerms,
  guardedCharts,
  guardianshipIdOf,
  guardianships,
  guardianshipTermsSchema,
  newestGuardianship,
} from './tables.ts'

const GUARDIANSHIPS_PER_CHART_MAX = 256
/** Nowhere does majority come later. */
const PARENT_YEARS_MAX = 21
const YEAR_MS = 366 * 86_400_000

const validateTerms = (
  view: ReadView,
  terms: GuardianshipTerms,
  { sender, timeMs }: TransactionContext,
): Result<void> => {
  const { guardianshipId, guardian, kind, fromMs, untilMs, documentHash, termsDigest } = terms
  if (!equalBytes(guardianshipId, guardianshipIdOf(sender, termsDigest))) {
    return refuse('guardian.id', 'The guardianship’s id is not that of its chart and terms.')
  }
  const account = view.get(accounts, guardian)
  if (account?.role !== 'guardian' || account.status !== 'active') {
    return refuse('guardian.unknown', 'Only an active account of role guardian is appointed.')
  }
  if (untilMs <= fromMs || untilMs <= timeMs) {
    return refuse('guardian.period', 'The guardianship would end before it begins, or has ended already.')
  }
  if (kind === 'parent' && untilMs - fromMs > PARENT_YEARS_MAX * YEAR_MS) {
    return refuse('guardian.period', 'A parent’s guardianship ends at majority.')
  }
  return (kind === 'court') === (documentHash !== undefined)
    ? ok(undefined)
    : refuse('guardian.document', 'A court’s guardian needs the hash of the order, and no other has one.')
}

/**
 * A chart lets an account act for its patient (guardians G1). Only the chart itself appoints: no guardian appoints a
 * guardian, widens its own part, or brings back anybody who was removed.
 */
export const appointGuardian: TransactionKind<GuardianshipTerms> = {
  kind: 'guardianship.appoint',
  payload: guardianshipTermsSchema,
  apply: (view, terms, context) => {
    const { sender: chart, height, timeMs } = context
    if (!view.get(charts, chart)) {
      return refuse('guardian.not-chart', 'Only the patient’s chart appoints a guardian.')
    }
    const valid = validateTerms(view, terms, context)
    if (!valid.ok) return valid
    const guarded = view.get(guardedCharts, chart) ?? { count: 0, isReserved: false }
    if (guarded.isReserved) {
      return refuse('guardian.reserved', 'The patient keeps this chart to themselves.')
    }
    const { guardianshipId, guardian } = terms
    const newest = newestGuardianshipOf(view, chart, guardian)
    const isRunning = newest && newest.endedHeight === undefined && timeMs < newest.untilMs
    if (isRunning || view.get(guardianships, guardianshipId)) {
      return refuse('guardian.exists', 'The account is a guardian of this chart already.')
    }
    if (guarded.count >= GUARDIANSHIPS_PER_CHART_MAX) {
      return refuse('guardian.too-many', 'The chart has appointed too many guardians.')
    }
    view.put(
      guardianships,
      { ...terms, chart, appointedHeight: height, endedHeight: undefined },
      guardianshipId,
    )
    view.put(newestGuardianship, guardianshipId, chart, guardian)
    view.put(chartGuardianships, guardianshipId, chart, positionKey(guarded.count))
    view.put(guardedCharts, { ...guarded, count: guarded.count + 1 }, chart)
    return ok([{ kind: 'guardianship.appointed', subjects: [chart, guardianshipId, guardian] }])
  },
}
