import { encode } from '../encoding/index.ts'
import type { Inception } from '../identity/account-id.ts'
import type { Action } from './actions/action.ts'
import {
  encodeSignedRequest,
  requestMessage,
  requestPayloadHash,
  requestStatementSchema,
} from './signed-request.ts'

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
  /** 16 random bytes, never used again. */
  readonly nonce: Uint8Array
}

/** The bytes that ask one node for something private. */
export const signRequest = <P, A>(sender: RequestSender, action: Action<P, A>, payload: P): Uint8Array => {
  const { networkId, node, actor, inception, nowMs, nonce } = sender
  const encoded = encode(action.payload, payload)
  const statement = encode(requestStatementSchema, {
    version: 1,
    networkId,
    node,
    actor,
    inception,
    action: action.action,
    payloadHash: requestPayloadHash(encoded),
    nonce,
    timeMs: nowMs,
  })
  return encodeSignedRequest({
    statement,
    signature: sender.sign(requestMessage(statement)),
    payload: encoded,
  })
}
