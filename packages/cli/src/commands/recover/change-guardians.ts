import { didFromAccountId, equalBytes } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { findGuardian, type GuardianParty } from '../../guarding/find-guardian.ts'
import { preparedRecoveriesOf } from '../../recovering/recovery-entry.ts'
import type { Party } from '../../wallet/contacts.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import type { CommandAction } from '../command-spec.ts'
import { setUpChoices, usualDelayMs, usualThreshold } from './set-up-choices.ts'
import { carryOutSetUp } from './setup.ts'

const presentGuardians = (session: Session): Promise<readonly GuardianParty[]> =>
  Promise.all(
    (preparedRecoveriesOf(session.keyring.current()).at(-1)?.guardians ?? []).map((id) =>
      findGuardian(session, didFromAccountId(id)),
    ),
  )

/** One more guardian of the recovery, which is prepared anew. */
export const addRecoveryGuardian: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const guardian = await findGuardian(session, input.args[0] ?? '')
  const present = await presentGuardians(session)
  if (present.some(({ id }) => equalBytes(id, guardian.id)))
    return fail('guardian.exists', `${guardian.name} helps to recover your record already.`)
  const before = preparedRecoveriesOf(session.keyring.current()).at(-1)
  const choices = setUpChoices(input, [...present, guardian], context.host.now())
  const delayMs = before && present.length > 0 ? before.delayMs : choices.delayMs
  return carryOutSetUp(context, session, { ...choices, delayMs })
}

/** One guardian less: the recovery is prepared anew without, and the old one closed. */
export const dropRecoveryGuardian = async (
  context: CommandContext,
  session: Session,
  { id }: Pick<Party, 'id'>,
): Promise<void> => {
  const remaining = (await presentGuardians(session)).filter((guardian) => !equalBytes(guardian.id, id))
  const before = preparedRecoveriesOf(session.keyring.current()).at(-1)
  const isGuarded = remaining.length > 0
  await carryOutSetUp(context, session, {
    guardians: remaining,
    guardianThreshold: usualThreshold(remaining.length),
    delayMs: isGuarded && before ? before.delayMs : usualDelayMs(remaining.length),
  })
}
