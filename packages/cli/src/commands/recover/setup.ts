import { base32FromBytes } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-code.ts'
import { factsText } from '../../format/table.ts'
import { findGuardian } from '../../guarding/find-guardian.ts'
import { type SetUpChoices, setUpRecovery } from '../../recovering/set-up.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, type CommandResult, listOption } from '../command-spec.ts'
import { setUpChoices } from './set-up-choices.ts'

const DAY_MS = 86_400_000

const daysText = (ms: number): string => `${Math.round((ms / DAY_MS) * 10) / 10} days`

/** Prepares and tells of it; used wherever the guardians of a recovery change. */
export const carryOutSetUp = async (
  context: CommandContext,
  session: Session,
  choices: SetUpChoices,
): Promise<CommandResult> => {
  const progress = await context.progress('Preparing the recovery')
  const done = await setUpRecovery(session, choices).finally(progress.stop)
  for (const name of done.missing) context.warn(`${name} has no share yet; run medchain recover setup again.`)
  const { guardians, guardianThreshold, delayMs } = choices
  return {
    json: {
      recoveryId: base32FromBytes(done.recoveryId),
      guardians: guardians.map(({ did }) => did),
      guardianThreshold,
      custodians: done.custodianCount,
      custodianThreshold: done.custodianThreshold,
      delayMs,
      ready: [...done.ready],
      missing: [...done.missing],
      txId: base32FromBytes(done.txId),
      height: done.height,
    },
    text: factsText([
      [
        'Guardians',
        guardians.length === 0
          ? 'none: your institution proves who you are'
          : `${guardianThreshold} of ${guardians.map(({ name }) => name).join(', ')}`,
      ],
      ['Custodians', `${done.custodianThreshold} of ${done.custodianCount}`],
      ['Delay', daysText(delayMs)],
      ['Height', String(done.height)],
    ]),
    exitCode: done.missing.length > 0 ? EXIT.partly : EXIT.done,
  }
}

/** Chooses who helps after a loss, and hands them their shares. */
export const setup: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const names = listOption(input, 'guardian')
  const guardians = await Promise.all(names.map((name) => findGuardian(session, name)))
  return carryOutSetUp(context, session, setUpChoices(input, guardians, context.host.now()))
}
