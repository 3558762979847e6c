import { equalBytes } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { sendSupersession } from '../../correcting/send-supersession.ts'
import { correctingAuthor, findWritten } from '../../correcting/written-record.ts'
import { EXIT } from '../../exit-code.ts'
import { actAs } from '../../reading/acting.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'

/** The author's institution says that a record is replaced by another, or withdrawn. */
export const supersedeRecord: CommandAction = async (context, input) => {
  const acting = await actAs(context)
  const author = await correctingAuthor(acting)
  const record = await findWritten(acting, author, input.args[0] ?? '')
  const typedSuccessor = textOption(input, 'by')
  const by = typedSuccessor === undefined ? undefined : await findWritten(acting, author, typedSuccessor)
  if (by && !equalBytes(by.chart, record.chart)) {
    return fail(
      'records.unknown-successor',
      'What takes a record’s place stands in the same chart.',
      'medchain record move ID --compartment C moves a record to another chart.',
    )
  }
  const what = by ? `Say for good that ${by.id} replaces this record?` : 'Withdraw this record for good?'
  if (context.isInteractive && !(await context.confirm(what)))
    return { json: {}, text: 'Nothing is changed.', exitCode: EXIT.failed }
  const entry = { recordId: record.recordId, successor: by?.recordId }
  const transaction = await sendSupersession(acting, record.chart, [entry])
  return {
    json: {
      record: record.id,
      state: by ? 'replaced' : 'withdrawn',
      supersededBy: by?.id ?? null,
      ...summaryOf([transaction]),
    },
    text:
      `The record is ${by ? 'replaced' : 'withdrawn'}: lists leave it out. Whoever may read it still opens it by ` +
      'its id and is told so; only the patient has it erased.',
  }
}
