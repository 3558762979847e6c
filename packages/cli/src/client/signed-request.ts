import { type Action, decode, type Inception, signRequest } from '@medchain/core'
import { fail } from '../command-error.ts'

/** Who asks: an account, a chart, or a person by the first keys. */
export interface Actor {
  /** 32 bytes. */
  readonly id: Uint8Array
  /** First keys of an actor that is not on the chain. */
  readonly inception: Inception | undefined
  readonly sign: (message: Uint8Array) => Uint8Array
}

export interface RequestPlace {
  readonly networkId: Uint8Array
  /** Institution whose node is to answer. */
  readonly node: Uint8Array
  readonly nowMs: number
}

const NONCE_BYTES = 16

/** The bytes that ask one node for something private, signed by the actor. */
export const signedRequestOf = <P, A>(
  action: Action<P, A>,
  payload: P,
  { id, inception, sign }: Actor,
  place: RequestPlace,
): Uint8Array => {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  return signRequest({ ...place, actor: id, inception, sign, nonce }, action, payload)
}

const ANSWER_BYTES_MAX = 32 * 1024 * 1024

/** The answer of an action; `node.malformed` for bytes of another shape. */
export const decodeAnswer = <P, A>({ answer, action }: Action<P, A>, bytes: Uint8Array): A => {
  const decoded = decode(answer, bytes, ANSWER_BYTES_MAX)
  return decoded.ok
    ? decoded.value
    : fail('node.malformed', `The node’s answer to ${action} does not decode.`)
}
