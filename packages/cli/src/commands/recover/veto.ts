import { base32FromBytes, type RecoveryVeto, vetoRecovery } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { chooseEntrusted, entrustedShares } from '../../recovering/entrusted-share.ts'
import { preparedRecoveriesOf } from '../../recovering/recovery-entry.ts'
import { keysActor } from '../../recovering/recovery-keys.ts'
import { sendOne } from '../../sending/send-each.ts'
import { openPatientSession } from '../../wallet/session.ts'
import { type CommandAction, type CommandResult, textOption } from '../command-spec.ts'

const resultOf = (
  { recoveryId }: RecoveryVeto,
  { txId, height }: { readonly txId: string; readonly height: number | null },
): CommandResult => ({
  json: { recoveryId: base32FromBytes(recoveryId), txId, height },
  text: 'The recovery is vetoed: nobody releases anything, unless more guardians or your institution overrule it.',
})

const asGuardian: CommandAction = async (context, input) => {
  const typed = textOption(input, 'for')
  const person = typed === undefined ? undefined : await findSubject(context, typed)
  const acting = await actAs(context)
  const { share, known } = chooseEntrusted(
    await entrustedShares(acting),
    person,
    textOption(input, 'recovery'),
  )
  const payload = { recoveryId: known.id, guardian: { position: share.position, salt: share.salt } }
  return resultOf(
    payload,
    await sendOne(context, acting.client, vetoRecovery, acting.identity.actor, payload),
  )
}

const asPatient: CommandAction = async (context) => {
  const session = await openPatientSession(context)
  const prepared = preparedRecoveriesOf(session.keyring.current()).at(-1)
  if (prepared === undefined) return fail('recover.unknown', 'You have not prepared a recovery.')
  const actor = keysActor(prepared)
  const payload = { recoveryId: actor.id, guardian: undefined }
  return resultOf(payload, await sendOne(context, session.client, vetoRecovery, actor, payload))
}

/** Stops a recovery that is announced, once. */
export const veto: CommandAction = async (context, input) => {
  const { role } = await (await context.wallet()).current()
  return (role === 'guardian' ? asGuardian : asPatient)(context, input)
}
