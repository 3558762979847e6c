import { base32FromBytes, didFromAccountId, type KeyringGrant } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { type DateScope, withDateScope } from '../../wallet/date-scopes.ts'
import type { Session } from '../../wallet/session.ts'
import type { JsonValue } from '../command-spec.ts'
import { type Delivery, deliverKeys } from './deliver-keys.ts'
import type { Grantee, PlannedGrant } from './plan-grants.ts'
import {
  checkKeyringSize,
  type FailedGrant,
  type GivenGrant,
  keyringEntries,
  sendGrants,
} from './send-grants.ts'

/** What came of one set of grants. */
export interface GivenSet {
  readonly grantId: string
  readonly grantee: Grantee
  readonly given: readonly GivenGrant[]
  readonly failed: readonly FailedGrant[]
  readonly undelivered: readonly Delivery[]
}

/** Notes, sends and delivers grants that one name is to stand for. Tells what failed; throws when all did. */
export const giveSet = async (
  context: CommandContext,
  session: Session,
  grantee: Grantee,
  planned: readonly PlannedGrant[],
  dates: DateScope | undefined,
): Promise<GivenSet> => {
  const entries = keyringEntries(planned, grantee)
  const setName = (entries[0] as KeyringGrant).name
  // Noted before anything is sent: a grant on the chain is never one that its patient cannot name.
  await session.keyring.save((keyring) => {
    const noted = { ...keyring, grants: [...keyring.grants, ...entries] }
    return checkKeyringSize(dates ? withDateScope(noted, setName, dates) : noted)
  })
  const { given, failed } = await sendGrants(context, session, planned)
  const deliveries = given.map(({ planned: { chart, terms } }) => ({ chart, ...terms }))
  const undelivered = context.options.wait ? await deliverKeys(session, grantee, deliveries) : []
  await session.keyring.push()
  for (const { planned: each, error } of failed)
    context.warn(`${each.chart.compartment}: ${error.message} [${error.code}]`)
  for (const { delivery, error } of undelivered) {
    context.warn(
      `${delivery.chart.compartment}: granted, but its key is not delivered: ${error.message} [${error.code}]`,
    )
  }
  if (undelivered.length > 0) context.warn('medchain grants --resend sends the keys again.')
  return {
    grantId: setName,
    grantee,
    given,
    failed,
    undelivered: undelivered.map(({ delivery }) => delivery),
  }
}

const partOf = ({ chart, terms }: PlannedGrant): { [key: string]: JsonValue } => ({
  chart: didFromAccountId(chart.chartId),
  compartment: chart.compartment,
  grantId: base32FromBytes(terms.grantId),
})

/** A set as scripts get it. */
export const givenSetJson = ({ grantId, given, failed, undelivered }: GivenSet) => ({
  grantId,
  grants: given.map((each) => partOf(each.planned)),
  ...(failed.length > 0 && {
    failed: failed.map(({ planned, error }) => ({
      ...partOf(planned),
      code: error.code,
      message: error.message,
    })),
  }),
  ...(undelivered.length > 0 && {
    undelivered: undelivered.map((delivery) => base32FromBytes(delivery.grantId)),
  }),
})
