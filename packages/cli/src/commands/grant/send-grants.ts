import { base32FromBytes, encodeKeyring, giveGrant, type Keyring, type KeyringGrant } from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail } from '../../command-error.ts'
import { sendOne } from '../../sending/send-each.ts'
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

/** Records, and grants, that one note of the keyring can hold. */
const NOTED_RECORDS_MAX = 1000
const NOTED_GRANTS_MAX = 64

/** Packs so that no chart stands twice in a note: its records in the note are those of its grant. */
const packed = (planned: readonly PlannedGrant[]): readonly (readonly PlannedGrant[])[] => {
  const notes: PlannedGrant[][] = []
  const recordsOf = (note: readonly PlannedGrant[]) =>
    note.reduce((sum, { recordIds }) => sum + recordIds.length, 0)
  for (const each of planned) {
    const note = notes.find(
      (others) =>
        others.length < NOTED_GRANTS_MAX &&
        recordsOf(others) + each.recordIds.length <= NOTED_RECORDS_MAX &&
        !others.some(({ chart }) => chart.chartId === each.chart.chartId),
    )
    if (note) note.push(each)
    else notes.push([each])
  }
  return notes
}

/** The keyring's notes of a set of grants, under the set's name: the id of its first. */
export const keyringEntries = (
  planned: readonly PlannedGrant[],
  grantee: Pick<Grantee, 'did'>,
  setName = base32FromBytes((planned[0] as PlannedGrant).terms.grantId),
): readonly KeyringGrant[] =>
  packed(planned).map((note) => {
    const { terms } = note[0] as PlannedGrant
    return {
      name: setName,
      grantIds: note.map((each) => each.terms.grantId),
      grantee: grantee.did,
      compartments: note.map(({ chart }) => chart.compartment),
      recordIds: note.flatMap(({ recordIds }) => recordIds),
      purposes: terms.purposes,
      fromMs: terms.fromMs,
      untilMs: terms.untilMs,
    }
  })

// The node keeps a sealed keyring of 1 MiB; epochs and other entries need room in it too.
const KEYRING_BYTES_MAX = 900 * 1024

/** `keyring.full` for a keyring that its node would not keep. */
export const checkKeyringSize = (keyring: Keyring): Keyring =>
  encodeKeyring(keyring).length <= KEYRING_BYTES_MAX
    ? keyring
    : fail(
        'keyring.full',
        'Your keyring lists so many single records that its node would not keep it.',
        'Grant whole compartments in place of lists of records.',
      )

/** One transaction for each chart, signed by its controller. The first error is thrown when none came through. */
export const sendGrants = async (
  context: CommandContext,
  session: Session,
  planned: readonly PlannedGrant[],
): Promise<{ readonly given: readonly GivenGrant[]; readonly failed: readonly FailedGrant[] }> => {
  const given: GivenGrant[] = []
  const failed: FailedGrant[] = []
  const send = async (each: PlannedGrant): Promise<void> => {
    const actor = chartActor(each.chart)
    try {
      const transaction = await sendOne(context, session.client, giveGrant, actor, each.terms)
      given.push({ planned: each, transaction })
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      failed.push({ planned: each, error })
    }
  }
  // Prohibitions first: nothing is open for a moment that the same command forbids.
  for (const isDeny of [true, false])
    await Promise.all(planned.filter(({ terms }) => terms.isDeny === isDeny).map(send))
  const [first] = failed
  if (given.length === 0 && first !== undefined) throw first.error
  const order = (item: GivenGrant) => planned.indexOf(item.planned)
  return { given: given.sort((a, b) => order(a) - order(b)), failed }
}
