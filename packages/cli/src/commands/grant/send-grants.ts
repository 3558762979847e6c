import { base32FromBytes, giveGrant, type KeyringGrant } from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import { createTransactionBody, signTransaction } from '../../client/signed-transaction.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError } from '../../command-error.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { Grantee, PlannedGrant } from './plan-grants.ts'

export interface GivenGrant {
  readonly planned: PlannedGrant
  readonly transaction: TransactionOutcome
}

export interface FailedGrant {
  readonly planned: PlannedGrant
  readonly error: CommandError
}

/** The keyring's note of a set of grants, under the id of its first. */
export const keyringEntry = (planned: readonly PlannedGrant[], grantee: Grantee): KeyringGrant => {
  const [first] = planned
  const terms = (first as PlannedGrant).terms
  return {
    name: base32FromBytes(terms.grantId),
    grantIds: planned.map((each) => each.terms.grantId),
    grantee: grantee.did,
    compartments: planned.map(({ chart }) => chart.compartment),
    recordIds: planned.flatMap(({ recordIds }) => recordIds),
    purposes: terms.purposes,
    fromMs: terms.fromMs,
    untilMs: terms.untilMs,
  }
}

const sendOne = (
  context: CommandContext,
  session: Session,
  planned: PlannedGrant,
): Promise<TransactionOutcome> => {
  const actor = chartActor(planned.chart)
  const body = createTransactionBody({
    networkId: session.networkId,
    sender: planned.chart.chartId,
    kind: giveGrant.kind,
    schema: giveGrant.payload,
    payload: planned.terms,
    timeMs: context.host.now(),
  })
  return session.client.submit(signTransaction(body, [actor]), context.options.wait)
}

/** One transaction for each chart, signed by its controller. The first error is thrown when none came through. */
export const sendGrants = async (
  context: CommandContext,
  session: Session,
  planned: readonly PlannedGrant[],
): Promise<{ readonly given: readonly GivenGrant[]; readonly failed: readonly FailedGrant[] }> => {
  const given: GivenGrant[] = []
  const failed: FailedGrant[] = []
  await Promise.all(
    planned.map(async (each) => {
      try {
        given.push({ planned: each, transaction: await sendOne(context, session, each) })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        failed.push({ planned: each, error })
      }
    }),
  )
  const [first] = failed
  if (given.length === 0 && first !== undefined) throw first.error
  const order = (item: GivenGrant) => planned.indexOf(item.planned)
  return { given: given.sort((a, b) => order(a) - order(b)), failed }
}
