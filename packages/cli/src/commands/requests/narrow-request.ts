import { base32FromBytes, didFromAccountId } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { fail } from '../../command-error.ts'
import { parseTime } from '../../format/parse-time.ts'
import { rfc3339 } from '../../format/time.ts'
import type { OptionValues } from '../../option-spec.ts'
import { type CommandInput, listOption, textOption } from '../command-spec.ts'
import { parseCompartments } from '../grant/grant-choices.ts'

/** What was chosen, which must be part of what was asked for; all of it when nothing was chosen. */
const within = (chosen: readonly string[], asked: readonly string[], what: string): readonly string[] => {
  const wider = chosen.find((each) => !asked.includes(each))
  return wider === undefined
    ? chosen.length > 0
      ? chosen
      : asked
    : fail(
        'usage.wider',
        `${wider} is not among the ${what} asked for.`,
        'An approval only narrows; medchain grant gives more.',
      )
}

const modeOf = (typed: string | undefined, asked: string): string => {
  if (typed === undefined || typed === asked) return asked
  return asked === 'read-write' && (typed === 'read' || typed === 'write')
    ? typed
    : fail('usage.wider', `The request asks to ${asked}.`, 'An approval only narrows.')
}

const untilOf = (typed: string | undefined, askedMs: number, nowMs: number): string => {
  if (typed === undefined) return rfc3339(askedMs)
  return parseTime(typed, nowMs, '--until') <= askedMs
    ? typed
    : fail('usage.wider', `The request asks until ${rfc3339(askedMs)}.`, 'An approval only narrows.')
}

/** De-identified rows go to an institution, not to a person. */
const granteeOf = ({ request, requester }: ReceivedRequest): string =>
  didFromAccountId(
    request.purposes.includes('HRESCH') ? (requester.sponsor?.id ?? requester.id) : requester.id,
  )

/** The command line of `grant` that gives what was asked for, or the part of it that the patient chose. */
export const narrowRequest = (
  received: ReceivedRequest,
  input: Pick<CommandInput, 'options' | 'args'>,
  nowMs: number,
): CommandInput => {
  const { request } = received
  const records = request.recordIds.map(base32FromBytes)
  const isListed = records.length > 0
  const chosen = parseCompartments(listOption(input, 'compartment'))
  if (isListed && chosen.length > 0)
    return fail('usage.wider', 'The request asks for single records.', 'Narrow it with --record.')
  const options: OptionValues = {
    mode: modeOf(textOption(input, 'mode'), request.mode),
    purpose: [
      ...within(
        listOption(input, 'purpose').map((purpose) => purpose.toUpperCase()),
        request.purposes,
        'purposes',
      ),
    ],
    until: untilOf(textOption(input, 'until'), request.untilMs, nowMs),
    ...(isListed
      ? { record: [...within(listOption(input, 'record'), records, 'records')] }
      : { compartment: [...within(chosen, request.compartments, 'compartments')] }),
    ...(textOption(input, 'broker') !== undefined && { broker: textOption(input, 'broker') }),
    ...(textOption(input, 'part2') !== undefined && { part2: textOption(input, 'part2') }),
  }
  return { args: [granteeOf(received)], options }
}
