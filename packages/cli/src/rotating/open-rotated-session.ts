import type { CommandContext } from '../command-context.ts'
import { openPatientSession, type Session } from '../wallet/session.ts'
import { finishRotations } from './finish-rotations.ts'

/** A patient's session in which whatever ended before is sealed first, as far as it can be. */
export const openRotatedSession = async (context: CommandContext): Promise<Session> => {
  const session = await openPatientSession(context)
  await finishRotations(session, context.warn)
  return session
}
