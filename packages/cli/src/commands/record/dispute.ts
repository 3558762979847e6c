import { readFile } from 'node:fs/promises'
import { base32FromBytes, DISPUTE_TEXT_MAX } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { sendDispute } from '../../disputing/send-dispute.ts'
import { EXIT } from '../../exit-code.ts'
import { usualPurposeFor } from '../../guarding/for-option.ts'
import { readInputText } from '../../read-input.ts'
import { actAs } from '../../reading/acting.ts'
import { listOneRecordAs } from '../../reading/one-record.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { openReadingPlace, usualPurpose } from '../../reading/read-candidates.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

const textOfFile = async (file: string): Promise<string> => {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) =>
    fail('usage.text', `${file} cannot be read: ${error.code ?? error.message}.`),
  )
  try {
    return UTF8.decode(bytes)
  } catch {
    return fail('usage.text', `${file} is no text in UTF-8.`)
  }
}

/** From --text, a file, or standard input: the words need not stand where other users of the machine see them. */
const readText = async (context: CommandContext, input: CommandInput): Promise<string> => {
  const [typed, file] = [textOption(input, 'text'), textOption(input, 'textFile')]
  if (typed !== undefined && file !== undefined)
    return fail('usage.text', '--text and --text-file are given; one of them is enough.')
  const text =
    typed ?? (await (file === undefined ? readInputText(context.host, 'What is wrong: ') : textOfFile(file)))
  const said = text.trim()
  if (said === '') return fail('usage.text', 'A dispute says in words what is wrong.')
  return said.length > DISPUTE_TEXT_MAX || !said.isWellFormed()
    ? fail('usage.text', 'A dispute is a text of 65,536 characters at most.')
    : said
}

/** Appends to a record what somebody else than its author says against it. */
export const disputeOneRecord: CommandAction = async (context, input) => {
  const text = await readText(context, input)
  const acting = await actAs(context)
  const purpose = purposeOption(input, usualPurposeFor(input, usualPurpose(acting)))
  const listed = await listOneRecordAs(context, acting, input.args[0] ?? '', purpose)
  const { candidate, record } = listed
  if (candidate.batch.disputed !== null) {
    return fail(
      'records.of-dispute',
      'A dispute is not disputed.',
      `medchain record dispute ${candidate.batch.disputed} disputes the record that it is about.`,
    )
  }
  const what = `Append this to “${record.header.title}”, for everybody who may read it?`
  if (context.isInteractive && !(await context.confirm(what)))
    return { json: {}, text: 'Nothing is changed.', exitCode: EXIT.failed }
  const { recordId, txId, height } = await sendDispute(await openReadingPlace(acting), listed, text)
  const id = base32FromBytes(recordId)
  return {
    json: { id, disputed: candidate.id, ...summaryOf([{ txId: base32FromBytes(txId), height }]) },
    text:
      `“${record.header.title}” is disputed: whoever may read it hears so and reads your words, record ${id}. ` +
      'They go when the record is erased, or by themselves: ' +
      `medchain erase ${id}`,
  }
}
