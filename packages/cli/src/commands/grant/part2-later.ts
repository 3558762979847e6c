import { base32FromBytes, batchIdFromRecordId, bytesFromBase32, type Part2Consent } from '@medchain/core'
import { findChart } from '../../client/accounts.ts'
import type { CommandContext } from '../../command-context.ts'
import { valueOrFail } from '../../command-error.ts'
import { type CopySeeker, findPart2Copy } from '../../consenting/find-copy.ts'
import { laterConsent, type NeededConsent, part2BatchesOf } from '../../consenting/needed-consent.ts'
import { shortId } from '../../format/id.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import { type ChartScope, partsOf } from './grant-scope.ts'
import type { GrantSet, OwnGrant } from './own-grants.ts'

/** What a set of grants takes in now, and under which written consent. */
export interface LaterParts {
  readonly parts: readonly ChartScope[]
  readonly needed: NeededConsent | undefined
  /** Records under 42 CFR Part 2 that are left out, for no consent of this set has the elements of 2.31. */
  readonly leftOut: number
}

/** The patient as keeper of the copies of one chart's grants. */
export const patientSeeker = async (
  { client }: Session,
  chart: OwnGrant['chart'],
): Promise<CopySeeker | undefined> => {
  const told = await findChart(client, chart.chartId)
  const secrets = [...chart.epochs].sort((a, b) => b.epoch - a.epoch).map(({ secret }) => secret)
  return told && { actor: chartActor(chart), node: idOfDid(told.sponsor), secrets }
}

/** The written consent that some grant of a set rests on, by the patient's copy. */
const consentOfSet = async (session: Session, { members }: GrantSet): Promise<Part2Consent | undefined> => {
  for (const { chart, info } of members) {
    const seeker = await patientSeeker(session, chart)
    const copy = seeker && (await findPart2Copy(session, valueOrFail(bytesFromBase32(info.grantId)), seeker))
    if (copy) return copy.consent
  }
  return undefined
}

/** Whether a programme under 42 CFR Part 2 wrote a record. */
const part2Records = async (
  { client }: Session,
  parts: readonly ChartScope[],
): Promise<(recordId: Uint8Array) => boolean> => {
  const maps = await Promise.all(parts.map(({ chart }) => part2BatchesOf(client, chart.chartId)))
  const batches = new Set(maps.flatMap((map) => [...map.keys()]))
  return (recordId) => batches.has(base32FromBytes(batchIdFromRecordId(recordId)))
}

/**
 * Parts of a further grant: all of them under the written consent that the set was given with; without one those of no
 * programme under 42 CFR Part 2.
 */
export const laterParts = async (
  context: CommandContext,
  session: Session,
  set: GrantSet,
  parts: readonly ChartScope[],
): Promise<LaterParts> => {
  const isPart2 = await part2Records(session, parts)
  const leftOut = parts.flatMap(({ recordIds }) => recordIds.filter(isPart2)).length
  if (leftOut === 0) return { parts, needed: undefined, leftOut }
  const consent = context.options.wait ? await consentOfSet(session, set) : undefined
  if (consent) {
    const opened = parts.map(({ chart, recordIds }) => ({ chart: chart.chartId, recordIds }))
    return { parts, needed: await laterConsent(session.client, opened, consent), leftOut: 0 }
  }
  context.warn(
    `${leftOut} records under 42 CFR Part 2 are not added to grant ${shortId(set.grantId)}: no written consent with ` +
      'the elements of 42 CFR 2.31 stands behind it. Grant them anew with --part2 FILE. [consent.part2]',
  )
  const free = parts.flatMap(({ chart, recordIds }) =>
    partsOf(
      chart,
      recordIds.filter((recordId) => !isPart2(recordId)),
    ),
  )
  return { parts: free, needed: undefined, leftOut }
}
