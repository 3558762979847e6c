import { bytesFromBase32 } from '@medchain/core'
import { provenHead } from '../../client/proven-head.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'
import type { Session } from '../../wallet/session.ts'
import { deliverKeys } from '../grant/deliver-keys.ts'
import { findGrantSets, statusOf } from '../grant/own-grants.ts'
import { findGrantee } from '../grant/plan-grants.ts'

/**
 * Sends the keys of grants of single records anew, without those that are going to be erased: institutions destroy the
 * older ones, in which k1 of an erased record may lie, together with the record.
 */
export const resealGrants = async (
  context: CommandContext,
  session: Session,
  compartments: ReadonlySet<string>,
): Promise<void> => {
  const { headTimeMs } = await provenHead(session.client)
  const timeMs = Math.max(headTimeMs, context.host.now())
  for (const { grantee: did, members } of await findGrantSets(session)) {
    const listing = members.filter(
      (own) =>
        own.info.scopeDigest !== null &&
        compartments.has(own.chart.compartment) &&
        statusOf(own, timeMs) === 'active',
    )
    if (listing.length === 0) continue
    try {
      const deliveries = listing.map(({ info, chart }) => ({
        ...{ ...info, chart },
        grantId: valueOrFail(bytesFromBase32(info.grantId)),
      }))
      const failed = await deliverKeys(session, await findGrantee(session, did), deliveries)
      const [first] = failed
      if (first !== undefined) throw first.error
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      context.warn(
        `A grant of single records has to be sent again with medchain grants --resend: ${error.message} [${error.code}]`,
      )
    }
  }
}
