import { parseSearch } from '@medchain/core'
import { fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { askQuery } from '../../querying/ask-query.ts'
import {
  QUERY_PURPOSES,
  type QueryAnswer,
  type QueryPurpose,
  type QueryQuestion,
} from '../../querying/query-answer.ts'
import { parseQueryFormat, renderAnswer } from '../../querying/render-answer.ts'
import { writeWhole } from '../../reading/write-whole.ts'
import {
  type CommandAction,
  type CommandInput,
  type CommandResult,
  isSet,
  textOption,
} from '../command-spec.ts'

const purposeOf = (typed: string | undefined, role: string): QueryPurpose => {
  if (typed === undefined) return role === 'researcher' ? 'HRESCH' : 'HOPERAT'
  const purpose = QUERY_PURPOSES.find((known) => known === typed)
  return purpose ?? fail('usage.purpose', `A query is for ${QUERY_PURPOSES.join(' or ')}.`)
}

const questionOf = (input: CommandInput, role: string): Omit<QueryQuestion, 'limit' | 'cursor'> => {
  const [query = ''] = input.args
  valueOrFail(parseSearch(query))
  return {
    query,
    purpose: purposeOf(textOption(input, 'purpose'), role),
    count: isSet(input, 'count'),
    groupBy: textOption(input, 'groupBy'),
  }
}

const resultOf = async (
  answer: QueryAnswer,
  input: CommandInput,
): Promise<Pick<CommandResult, 'json' | 'text'>> => {
  const format = parseQueryFormat(textOption(input, 'format') ?? 'table')
  const text = renderAnswer(answer, format)
  const json = { ...answer } as unknown as CommandResult['json']
  const out = textOption(input, 'out')
  if (out === undefined) return { json, text }
  const file = await writeWhole(out, new TextEncoder().encode(text))
  const { rows, ...rest } = answer
  const written = rows === undefined ? {} : { rowsWritten: rows.length }
  return {
    json: { ...(rest as unknown as CommandResult['json']), ...written, file },
    text: `The answer is in ${file}.`,
  }
}

/** Asks the node of one's institution a question over many patients. */
export const runQuery: CommandAction = async (context, input) => {
  parseQueryFormat(textOption(input, 'format') ?? 'table')
  const wallet = await context.wallet()
  const identity = await wallet.current()
  const question = questionOf(input, identity.role)
  const client = await context.client()
  const { actor } = await wallet.open(identity)
  const { limit, cursor } = context.options
  const isWhole = limit === undefined && /^(csv|ndjson)$/.test(textOption(input, 'format') ?? '')
  const progress = await context.progress('Asking')
  const answer = await askQuery(client, actor, { ...question, limit, cursor }, isWhole).finally(progress.stop)
  const isPartial = (answer.incomplete ?? 0) > 0
  if (isPartial)
    context.warn(`The answer is incomplete: ${answer.incomplete} items could not be read [query.incomplete]`)
  return { ...(await resultOf(answer, input)), exitCode: isPartial ? EXIT.partly : EXIT.done }
}
