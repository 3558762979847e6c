import {
  type Action,
  encode,
  encodeSignedRequest,
  type Inception,
  requestMessage,
  requestPayloadHash,
  requestStatementSchema,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'

/** Who asks, and of which node. */
export interface RequestSender {
  readonly networkId: Uint8Array
  /** Institution whose node is to answer. */
  readonly node: Uint8Array
  readonly actor: Uint8Array
  /** First keys of an actor that is not on the chain. */
  readonly inception?: Inception | undefined
  readonly sign: (message: Uint8Array) => Uint8Array
  readonly nowMs: number
}

/** The body of POST /v1/requests. */
export const signRequest = <P, A>(sender: RequestSender, action: Action<P, A>, payload: P): Uint8Array => {
  const { networkId, node, actor, inception, nowMs } = sender
  const encoded = encode(action.payload, payload)
  const statement = encode(requestStatementSchema, {
    version: 1,
    networkId,
    node,
    actor,
    inception,
    action: action.action,
    payloadHash: requestPayloadHash(encoded),
    nonce: nodeCiphers.randomBytes(16),
    timeMs: nowMs,
  })
  const signature = sender.sign(requestMessage(statement))
  return encodeSignedRequest({ statement, signature, payload: encoded })
}
