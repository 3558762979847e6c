import type { Compartment, KeyringChart } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { findDatedRecords } from '../../reading/dated-records.ts'
import { countDateScopes, DATE_SCOPES_MAX, type DateScope, type DateSpan } from '../../wallet/date-scopes.ts'
import type { Session } from '../../wallet/session.ts'
import { findOwnRecords, type OwnRecord } from './find-records.ts'
import type { GrantChoices } from './grant-choices.ts'

/** What one grant covers: a chart, whole when no records are listed. */
export interface ChartScope {
  readonly chart: KeyringChart
  readonly recordIds: readonly Uint8Array[]
}

export interface GrantScope {
  readonly parts: readonly ChartScope[]
  /** For the keyring, when the scope is a span of dates. */
  readonly dates: DateScope | undefined
}

/** Records that one envelope can hold the keys of. */
export const RECORDS_PER_GRANT_MAX = 1000
/** Each is noted in the keyring, which travels whole. */
const RECORDS_PER_COMMAND_MAX = 10_000

export const chartsFor = (
  charts: readonly KeyringChart[],
  compartments: readonly Compartment[],
): readonly KeyringChart[] =>
  compartments.map(
    (compartment) =>
      charts.find((chart) => chart.compartment === compartment) ??
      fail(
        'chart.not-found',
        `You have no chart for ${compartment} yet.`,
        'medchain register makes your charts.',
      ),
  )

/** Parts of at most as many records as a grant can list; none for a chart without records. */
export const partsOf = (chart: KeyringChart, recordIds: readonly Uint8Array[]): readonly ChartScope[] =>
  Array.from({ length: Math.ceil(recordIds.length / RECORDS_PER_GRANT_MAX) }, (_, part) => ({
    chart,
    recordIds: recordIds.slice(part * RECORDS_PER_GRANT_MAX, (part + 1) * RECORDS_PER_GRANT_MAX),
  }))

const checkCount = (parts: readonly ChartScope[]): void => {
  const count = parts.reduce((sum, { recordIds }) => sum + recordIds.length, 0)
  if (count <= RECORDS_PER_COMMAND_MAX) return
  fail(
    'usage.too-many-records',
    `That scope has ${count} records; one command lists at most ${RECORDS_PER_COMMAND_MAX}.`,
    'Narrow the dates and give several grants, or grant the whole compartments without dates.',
  )
}

/** A dispute is no part of a list: whoever may read a record reads what disputes it. */
const assertGrantable = ({ disputed }: OwnRecord): void => {
  if (disputed !== null)
    fail(
      'records.of-dispute',
      'A dispute is read by whoever may read the record that it is about.',
      `Grant that record: ${disputed}`,
    )
}

const byRecords = async (
  { client }: Session,
  own: readonly KeyringChart[],
  { compartments, records }: GrantChoices,
): Promise<readonly ChartScope[]> => {
  const searched = compartments.length > 0 ? chartsFor(own, compartments) : own
  const found = await findOwnRecords(client, searched, records, assertGrantable)
  return [...found].flatMap(([compartment, recordIds]) =>
    chartsFor(own, [compartment]).flatMap((chart) => partsOf(chart, recordIds)),
  )
}

const byDates = async (
  session: Session,
  charts: readonly KeyringChart[],
  span: DateSpan,
): Promise<GrantScope & { readonly undated: number }> => {
  if (countDateScopes(session.keyring.current()) >= DATE_SCOPES_MAX) {
    return fail(
      'usage.too-many-spans',
      `Your keyring follows ${DATE_SCOPES_MAX} grants by dates already.`,
      'Grant whole compartments, or list the records with --record.',
    )
  }
  const seen: { chart: Uint8Array; batchCount: number }[] = []
  const parts: ChartScope[] = []
  let undated = 0
  for (const chart of charts) {
    const found = await findDatedRecords(session, chart, span)
    seen.push({ chart: chart.chartId, batchCount: found.batchCount })
    parts.push(...partsOf(chart, found.recordIds))
    undated += found.undated
  }
  const compartments = charts.map(({ compartment }) => compartment as Compartment)
  return { parts, dates: { ...span, compartments, seen }, undated }
}

/** The charts and records that the choices name; a span of dates becomes the list of those dated in it now. */
export const findGrantScope = async (
  session: Session,
  choices: GrantChoices,
  warn: (line: string) => void,
): Promise<GrantScope> => {
  const own = session.keyring.current().charts
  if (own.length === 0)
    return fail('chart.not-found', 'You have no charts yet.', 'medchain register makes your charts.')
  if (choices.dates !== undefined) {
    const { undated, ...scope } = await byDates(session, chartsFor(own, choices.compartments), choices.dates)
    if (undated > 0) warn(`${undated} records without a clinical date are left out; --record names them.`)
    if (scope.parts.length === 0)
      return fail('usage.data-range', 'None of your records in these compartments is dated in that span.')
    checkCount(scope.parts)
    return scope
  }
  if (choices.records.length === 0) {
    const parts = chartsFor(own, choices.compartments).map((chart) => ({ chart, recordIds: [] }))
    return { parts, dates: undefined }
  }
  const parts = await byRecords(session, own, choices)
  checkCount(parts)
  return { parts, dates: undefined }
}
