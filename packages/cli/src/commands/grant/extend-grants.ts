import { base32FromBytes, type KeyringChart, type Purpose } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { findDatedRecords, isPassing } from '../../reading/dated-records.ts'
import { type DateScope, dateScopeOf, seenBatches, withDateScope } from '../../wallet/date-scopes.ts'
import type { Session } from '../../wallet/session.ts'
import { deliverKeys } from './deliver-keys.ts'
import { type ChartScope, chartsFor, partsOf } from './grant-scope.ts'
import { type GrantSet, statusOf } from './own-grants.ts'
import { laterParts } from './part2-later.ts'
import { attestGiven } from './part2-plan.ts'
import { findGrantee, planGrants } from './plan-grants.ts'
import { checkKeyringSize, keyringEntries, sendGrants } from './send-grants.ts'

/** A set of grants that took in records which came later. */
export interface ExtendedSet {
  readonly grantId: string
  readonly records: number
  readonly height: number
}

interface Fresh {
  readonly parts: readonly ChartScope[]
  readonly scope: DateScope
}

/** Records that came since and match; those that a note of the set lists already are left out. */
const findFresh = async (session: Session, set: GrantSet, scope: DateScope): Promise<Fresh> => {
  const { charts, grants } = session.keyring.current()
  const onChain = new Set(set.members.map(({ info }) => info.grantId))
  // A note of which not all came through lists nothing for certain: granting twice does no harm.
  const noted = grants.filter(
    ({ name, grantIds }) => name === set.grantId && grantIds.every((id) => onChain.has(base32FromBytes(id))),
  )
  const listed = new Set(noted.flatMap(({ recordIds }) => recordIds.map(base32FromBytes)))
  const parts: ChartScope[] = []
  const seen: { chart: Uint8Array; batchCount: number }[] = []
  for (const chart of chartsFor(charts, scope.compartments) as readonly KeyringChart[]) {
    const found = await findDatedRecords(session, chart, scope, seenBatches(scope, chart.chartId))
    const recordIds = found.recordIds.filter((id) => !listed.has(base32FromBytes(id)))
    parts.push(...partsOf(chart, recordIds))
    seen.push({ chart: chart.chartId, batchCount: found.batchCount })
  }
  return { parts, scope: { ...scope, seen } }
}

const hasGrown = ({ seen }: DateScope, before: DateScope): boolean =>
  seen.some(({ chart, batchCount }) => batchCount > seenBatches(before, chart))

const extendOne = async (
  context: CommandContext,
  session: Session,
  set: GrantSet,
  before: DateScope,
): Promise<ExtendedSet | undefined> => {
  const { parts: found, scope } = await findFresh(session, set, before)
  if (!hasGrown(scope, before)) return undefined
  const { parts, needed, leftOut } = await laterParts(context, session, set, found)
  const terms = set.members[0]?.info
  if (parts.length === 0 || terms === undefined) {
    if (leftOut === 0) await session.keyring.save((keyring) => withDateScope(keyring, set.grantId, scope))
    return undefined
  }
  const grantee = await findGrantee(session, set.grantee)
  const planned = await planGrants(
    session,
    parts,
    {
      mode: 'read',
      purposes: terms.purposes as readonly Purpose[],
      fromMs: terms.fromMs,
      untilMs: terms.untilMs,
      broker: undefined,
      isDeny: false,
    },
    grantee,
  )
  await session.keyring.save((keyring) =>
    checkKeyringSize({
      ...keyring,
      grants: [...keyring.grants, ...keyringEntries(planned, grantee, set.grantId)],
    }),
  )
  const { given } = await sendGrants(context, session, planned)
  // What failed is looked for again the next time; what is listed already is not granted twice.
  if (given.length === planned.length && leftOut === 0)
    await session.keyring.save((keyring) => withDateScope(keyring, set.grantId, scope))
  const deliveries = given.map(({ planned: { chart, terms: own } }) => ({ chart, ...own }))
  if (needed) await attestGiven(context, session, given, grantee, needed)
  const undelivered = context.options.wait ? await deliverKeys(session, grantee, deliveries) : []
  if (undelivered.length > 0) context.warn('medchain grants --resend sends the keys again.')
  await session.keyring.push()
  return {
    grantId: set.grantId,
    records: given.reduce((sum, { planned: { recordIds } }) => sum + recordIds.length, 0),
    height: Math.max(0, ...given.map(({ transaction }) => transaction.height ?? 0)),
  }
}

/**
 * Takes records that came later into the grants by dates that are in force, each by a further grant under the
 * same terms and name. What cannot be looked at now waits for the next time.
 */
export const extendGrants = async (
  context: CommandContext,
  session: Session,
  sets: readonly GrantSet[],
  timeMs: number,
): Promise<readonly ExtendedSet[]> => {
  const extended: ExtendedSet[] = []
  for (const set of sets) {
    const scope = dateScopeOf(session.keyring.current(), set.grantId)
    // One part revoked by itself is a choice: only a set that holds as a whole grows.
    if (scope === undefined || !set.members.every((own) => statusOf(own, timeMs) === 'active')) continue
    try {
      const done = await extendOne(context, session, set, scope)
      if (done) extended.push(done)
    } catch (error) {
      if (!isPassing(error)) throw error
      context.warn('Records that came since could not be looked at; medchain grants adds them next time.')
    }
  }
  return extended
}
