import type { CommandContext } from '../../command-context.ts'
import {
  chooseSet,
  emergenciesText,
  emergencyFacts,
  emergencyJson,
  emergencySetId,
} from '../../emergencies/emergency-row.ts'
import { standsStill } from '../../emergencies/halt.ts'
import { haltedEmergencies } from '../../emergencies/halted-emergencies.ts'
import { type KnownEmergency, knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { factsText } from '../../format/table.ts'
import { actAs } from '../../reading/acting.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { type CommandAction, type CommandInput, isSet } from '../command-spec.ts'
import { isInstitutionMeant } from '../subject/directory-session.ts'
import { openReviewing } from './review.ts'

const emergenciesFor = async (
  context: CommandContext,
  input: CommandInput,
): Promise<readonly KnownEmergency[]> => {
  const isHalted = await standsStill(context)
  if (isSet(input, 'institution') || isInstitutionMeant(context))
    return (await openReviewing(context)).emergencies
  const acting = await actAs(context)
  const inHalt = isHalted ? await haltedEmergencies(context, acting) : []
  return [...inHalt, ...(await knownEmergencies(context, acting))]
}

/** Emergencies that concern whoever asks, newest first. */
export const listEmergencies: CommandAction = async (context, input) => {
  const emergencies = await emergenciesFor(context, input)
  const names = await readKnown((await context.wallet()).files)
  const nowMs = context.host.now()
  return {
    json: { emergencies: emergencies.map((each) => emergencyJson(each, nowMs)) },
    text: emergenciesText(emergencies, nowMs, { width: context.columns, names }),
  }
}

/** One emergency, in all the charts that it opened. */
export const showEmergency: CommandAction = async (context, input) => {
  const set = chooseSet(await emergenciesFor(context, input), input.args[0] ?? '')
  const nowMs = context.host.now()
  return {
    json: {
      set: set[0] ? emergencySetId(set[0]) : null,
      emergencies: set.map((each) => emergencyJson(each, nowMs)),
    },
    text: factsText(emergencyFacts(set, nowMs)),
  }
}
