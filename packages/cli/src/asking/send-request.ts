import {
  accessKey,
  accessSend,
  answerKeyOf,
  answerLockOf,
  type LetterLabel,
  type RequestForAccess,
  sealLetter,
  signAccessRequest,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { valueOrFail } from '../command-error.ts'
import { type Asker, ownAttestation } from './asker.ts'

export const REQUEST_LABEL: LetterLabel = 'medchain/access-request/1'
export const ANSWER_LABEL: LetterLabel = 'medchain/access-answer/1'

/** What is asked for, before it has an id. */
export type Wish = Pick<
  RequestForAccess,
  | 'subject'
  | 'compartments'
  | 'recordIds'
  | 'mode'
  | 'purposes'
  | 'untilMs'
  | 'reason'
  | 'createdMs'
  | 'expiresMs'
>

/**
 * Signs the wish, seals it to the patient and to oneself, and hands it to one's own institution's node. Without the
 * patient's card that node gives a key, and gives one for everybody.
 */
export const sendRequest = async (
  asker: Asker,
  wish: Wish,
  cardKey: Uint8Array | undefined,
): Promise<RequestForAccess> => {
  const { client, networkId, actor, institution, proven } = asker
  const options = { node: institution }
  const request: RequestForAccess = {
    version: 1,
    networkId,
    requestId: nodeCiphers.randomBytes(16),
    requester: actor.id,
    answerSecret: nodeCiphers.randomBytes(32),
    attestation: await ownAttestation(asker),
    ...wish,
  }
  const { requestId, subject, answerSecret, expiresMs } = request
  const content = signAccessRequest(request, actor.sign)
  const subjectKey = cardKey ?? (await client.call(accessKey, { subject }, actor, options)).sealingKey
  const seal = async (key: Uint8Array, recipient: Uint8Array) =>
    valueOrFail(
      await sealLetter(key, { label: REQUEST_LABEL, networkId, subject: requestId, recipient }, content),
    )
  const sealed = await seal(subjectKey, subject)
  const copy = await seal(proven.account.sealingKey, actor.id)
  const lock = answerLockOf(answerKeyOf(answerSecret))
  await client.call(accessSend, { requestId, subject, sealed, copy, lock, expiresMs }, actor, options)
  return request
}
