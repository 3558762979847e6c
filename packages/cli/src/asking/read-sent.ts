import {
  type AccessAnswer,
  accessAnswerSchema,
  accessList,
  decode,
  equalBytes,
  type ListedAccessRequest,
  openLetter,
  type RequestForAccess,
} from '@medchain/core'
import type { Asker } from './asker.ts'
import { openContent } from './open-request.ts'
import { ANSWER_LABEL } from './send-request.ts'

export type SentState = 'pending' | 'approved' | 'refused' | 'expired'

export interface SentRequest {
  readonly request: RequestForAccess
  readonly state: SentState
  readonly answer: AccessAnswer | undefined
}

/** The answer of whoever opened the request; undefined when none came, or not from there. */
const openAnswer = async (
  { networkId, sealingSecret, actor }: Asker,
  { answer }: ListedAccessRequest,
  { requestId, answerSecret }: RequestForAccess,
): Promise<AccessAnswer | undefined> => {
  if (answer === undefined) return undefined
  const place = { label: ANSWER_LABEL, networkId, subject: requestId, recipient: actor.id }
  const content = await openLetter(sealingSecret, place, answer)
  const decoded = content.ok ? decode(accessAnswerSchema, content.value) : content
  if (!decoded.ok) return undefined
  const isOfIt =
    equalBytes(decoded.value.requestId, requestId) && equalBytes(decoded.value.answerSecret, answerSecret)
  return isOfIt ? decoded.value : undefined
}

/** What the asker asked for, oldest first, and what became of it. */
export const readSent = async (asker: Asker, nowMs: number): Promise<readonly SentRequest[]> => {
  const { client, actor, institution } = asker
  const { requests } = await client.call(accessList, [], actor, { node: institution })
  const reader = { ...asker, id: actor.id }
  const sent: SentRequest[] = []
  for (const listed of requests.filter(({ direction }) => direction === 'sent')) {
    const opened = await openContent(reader, listed)
    if (opened === undefined) continue
    const answer = await openAnswer(asker, listed, opened.request)
    const state = answer?.outcome ?? (opened.request.expiresMs <= nowMs ? 'expired' : 'pending')
    sent.push({ request: opened.request, state, answer })
  }
  return sent
}
