import type { Compartment, Purpose } from '@medchain/core'
import type { CommandContext } from '../command-context.ts'
import { findEmergencyCharts } from '../emergencies/emergency-charts.ts'
import { type Acting, actAs } from './acting.ts'
import { type Candidate, candidatesOf } from './candidates.ts'
import { findSubject } from './find-subject.ts'
import { openReadingPlace, type ReadingPlace } from './read-candidates.ts'
import { findReadableCharts, type ReadableChart } from './readable-charts.ts'
import { denyAsStranger } from './record-id-text.ts'

export interface OpenCharts {
  readonly acting: Acting
  readonly place: ReadingPlace
  readonly charts: readonly ReadableChart[]
  readonly candidates: readonly Candidate[]
}

/**
 * Charts of a subject (or all that are known) and the records there that one has a reason to ask for; for BTG the charts
 * that one's emergencies opened.
 */
export const openCharts = async (
  context: CommandContext,
  typedSubject: string | undefined,
  compartments: ReadonlySet<Compartment>,
  purpose?: Purpose,
): Promise<OpenCharts> => {
  const subject = typedSubject === undefined ? undefined : await findSubject(context, typedSubject)
  context.bearOldHead()
  const acting = await actAs(context)
  const place = await openReadingPlace(acting)
  const isEmergency = purpose === 'BTG' && !acting.isPatient
  const find = isEmergency ? findEmergencyCharts : findReadableCharts
  const known = await find(context, acting, subject?.id)
  if (known.length === 0 && subject !== undefined) return denyAsStranger()
  const charts = known.filter(({ compartment }) => compartments.has(compartment))
  const candidates = (await Promise.all(charts.map((chart) => candidatesOf(acting.client, chart)))).flat()
  return { acting, place, charts, candidates }
}
