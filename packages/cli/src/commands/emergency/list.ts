import { emergenciesText, emergencyJson } from '../../emergencies/emergency-row.ts'
import { knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { actAs } from '../../reading/acting.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { isInstitutionMeant } from '../subject/directory-session.ts'
import { openReviewing } from './review.ts'

/** Emergencies that concern whoever asks, newest first. */
export const listEmergencies: CommandAction = async (context, input) => {
  const isWhole = isSet(input, 'institution') || isInstitutionMeant(context)
  const emergencies = isWhole
    ? (await openReviewing(context)).emergencies
    : await knownEmergencies(context, await actAs(context))
  const nowMs = context.host.now()
  return {
    json: { emergencies: emergencies.map((each) => emergencyJson(each, nowMs)) },
    text: emergenciesText(emergencies, nowMs),
  }
}
