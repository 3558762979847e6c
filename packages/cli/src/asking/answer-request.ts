import {
  type AccessAnswer,
  accessAnswer,
  accessAnswerSchema,
  answerKeyOf,
  encode,
  sealLetter,
} from '@medchain/core'
import { valueOrFail } from '../command-error.ts'
import type { Session } from '../wallet/session.ts'
import type { ReceivedRequest } from './open-request.ts'
import { ANSWER_LABEL } from './send-request.ts'

export type Verdict = Pick<
  AccessAnswer,
  'outcome' | 'reason' | 'grantId' | 'compartments' | 'purposes' | 'untilMs'
>

export const REFUSAL: Verdict = {
  outcome: 'refused',
  reason: '',
  grantId: undefined,
  compartments: [],
  purposes: [],
  untilMs: undefined,
}

/** Seals the verdict to whoever asked and gives it to the node where the request waits, which forgets the request. */
export const answerRequest = async (
  { client, networkId, identity, now }: Session,
  { request, requester, home }: ReceivedRequest,
  verdict: Verdict,
): Promise<void> => {
  const { requestId, answerSecret } = request
  const content = encode(accessAnswerSchema, {
    version: 1,
    requestId,
    answerSecret,
    ...verdict,
    timeMs: now(),
  })
  const place = { label: ANSWER_LABEL, networkId, subject: requestId, recipient: requester.id }
  const sealed = valueOrFail(await sealLetter(requester.account.sealingKey, place, content))
  const answering = { requestId, answerKey: answerKeyOf(answerSecret), sealed }
  await client.call(accessAnswer, answering, identity.actor, { node: home })
}
