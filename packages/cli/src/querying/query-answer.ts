import { fail } from '../command-error.ts'
import type { JsonValue } from '../commands/command-spec.ts'

export const QUERY_PURPOSES = ['HRESCH', 'HOPERAT'] as const

export type QueryPurpose = (typeof QUERY_PURPOSES)[number]

/** What a node is asked, as JSON. */
export interface QueryQuestion {
  readonly query: string
  readonly purpose: QueryPurpose
  readonly count: boolean
  readonly groupBy: string | undefined
  readonly limit: number | undefined
  readonly cursor: string | undefined
}

export interface QueryGroup {
  readonly key: string
  /** Null where it is suppressed. */
  readonly count: number | null
}

/** What a node answers: `count`, `groups` or `rows`. */
export interface QueryAnswer {
  readonly height: number
  readonly purpose: string
  /** Distinct persons that match. */
  readonly subjects: number
  readonly licence: string | null
  /** What should have been in the answer and could not be read. */
  readonly incomplete?: number
  readonly count?: number | null
  readonly suppressed?: boolean
  readonly groups?: readonly QueryGroup[]
  readonly rows?: readonly JsonValue[]
  readonly next?: string | null
}

/** The answer that a node's JSON holds; `node.malformed` for anything else. */
export const parseQueryAnswer = (json: string): QueryAnswer => {
  let answer: Partial<QueryAnswer> | null
  try {
    answer = JSON.parse(json)
  } catch {
    answer = null
  }
  const isAnswer = typeof answer?.height === 'number' && typeof answer.subjects === 'number'
  return isAnswer
    ? (answer as QueryAnswer)
    : fail('node.malformed', 'The node’s answer to the query is not one.')
}
