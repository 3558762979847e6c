import { queryRun } from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import type { JsonValue } from '../commands/command-spec.ts'
import { parseQueryAnswer, type QueryAnswer, type QueryQuestion } from './query-answer.ts'

// A first query opens every record that the index lacks.
const TIMEOUT_MS = 10 * 60 * 1000
const PAGE_ROWS_MAX = 1000

type Asker = Pick<NodeClient, 'call'>

const ask = async (client: Asker, actor: Actor, question: QueryQuestion): Promise<QueryAnswer> => {
  const { json } = await client.call(queryRun, { json: JSON.stringify(question) }, actor, {
    timeoutMs: TIMEOUT_MS,
  })
  return parseQueryAnswer(json)
}

/** One page of the answer; with `isWhole` all pages of it. */
export const askQuery = async (
  client: Asker,
  actor: Actor,
  question: QueryQuestion,
  isWhole: boolean,
): Promise<QueryAnswer> => {
  if (!isWhole) return ask(client, actor, question)
  let answer = await ask(client, actor, { ...question, limit: PAGE_ROWS_MAX })
  const rows: JsonValue[] = [...(answer.rows ?? [])]
  while (answer.next) {
    answer = await ask(client, actor, { ...question, limit: PAGE_ROWS_MAX, cursor: answer.next })
    rows.push(...(answer.rows ?? []))
  }
  return answer.rows === undefined ? answer : { ...answer, rows }
}
