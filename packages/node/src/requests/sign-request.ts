import { type Action, type RequestSender, signRequest as signWithNonce } from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'

const NONCE_BYTES = 16

/** The body of POST /v1/requests, with a nonce of its own. */
export const signRequest = <P, A>(
  sender: Omit<RequestSender, 'nonce'>,
  action: Action<P, A>,
  payload: P,
): Uint8Array => signWithNonce({ ...sender, nonce: nodeCiphers.randomBytes(NONCE_BYTES) }, action, payload)
