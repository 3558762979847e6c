import type { CommandError } from '../../command-error.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../../exit-code.ts'
import { sizeText } from '../../format/size.ts'
import { tableText } from '../../format/table.ts'
import { actedFor, usualPurposeFor } from '../../guarding/for-option.ts'
import { isCurrent } from '../../reading/candidates.ts'
import { compartmentsOption } from '../../reading/compartment-option.ts'
import { listPage, type RecordPage } from '../../reading/list-records.ts'
import { openCharts } from '../../reading/open-charts.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { readCandidates, usualPurpose } from '../../reading/read-candidates.ts'
import { recordJson } from '../../reading/record-json.ts'
import { createFaultNotes, isDenial, mostTelling, namingMembers } from '../../reading/refusals.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'

const LIMIT = 100

const textOf = ({ records, next }: RecordPage, width: number): string => {
  const rows = records.map((listed) => {
    const { id, date, compartment, title, sizeBytes, state, disputes } = recordJson(listed)
    const marks = [...(state === 'current' ? [] : [state]), ...(disputes.length > 0 ? ['disputed'] : [])]
    const shown = marks.length === 0 ? title : `${title} (${marks.join(', ')})`
    return [date?.slice(0, 10) ?? '', compartment, shown, sizeText(sizeBytes), id]
  })
  const columns = ['Date', 'Compartment', 'Record', { title: 'Size', align: 'right' }, 'Id'] as const
  const more = next === undefined ? '' : `\n\nMore with --cursor ${next}`
  return `${tableText(columns, rows, 'There are no records that you may see.', width)}${more}`
}

const exitCodeFor = (unread: CommandError | undefined): ExitCode => {
  if (unread === undefined) return EXIT.done
  return exitCodeOf(unread.code) === EXIT.broken ? EXIT.broken : EXIT.partly
}

/** Headers of the records that the person may see, a page at a time. */
export const listRecords: CommandAction = async (context, input) => {
  const compartments = compartmentsOption(input)
  const subject = actedFor(input) ?? textOption(input, 'subject')
  const asked = purposeOption(input, undefined)
  const { acting, place, candidates } = await openCharts(context, subject, compartments, asked)
  const purpose = asked ?? usualPurposeFor(input, usualPurpose(acting))
  const { limit = LIMIT, cursor } = context.options
  const progress = await context.progress('Listing')
  const page = await listPage(
    (slice) => readCandidates(place, slice, 'list', purpose),
    isSet(input, 'all') ? candidates : candidates.filter(isCurrent),
    { limit, cursor },
    createFaultNotes(context, place),
  ).finally(progress.stop)
  const { records, next, refusals } = page
  const unread = mostTelling(refusals.filter(({ code }) => !isDenial(code)))
  const telling = unread ?? mostTelling(refusals)
  if (records.length === 0 && telling !== undefined) throw namingMembers(telling, place.members)
  if (unread !== undefined) {
    const { message, code } = namingMembers(unread, place.members)
    context.warn(`Some records could not be listed: ${message} [${code}]`)
  }
  return {
    json: { records: records.map(recordJson), next: next ?? null },
    text: textOf(page, context.columns),
    exitCode: exitCodeFor(unread),
  }
}
