import { hashTagged, taggedMessage } from '../crypto/hash.ts'
import {
  blob,
  bytes,
  decode,
  encode,
  exactly,
  ok,
  optional,
  type Result,
  refuse,
  struct,
  text,
  uint,
} from '../encoding/index.ts'
import { type Inception, inceptionSchema } from '../identity/account-id.ts'

/** What a person or an institution signs to ask one node for something private. */
export interface RequestStatement {
  readonly version: number
  readonly networkId: Uint8Array
  /** Institution whose node is to answer; others only pass it on. */
  readonly node: Uint8Array
  /** Account or chart, or the id of a person who is not on the chain. */
  readonly actor: Uint8Array
  /** First keys of an actor that is not on the chain; they hash to its id. */
  readonly inception: Inception | undefined
  /** `<noun>.<verb>`. */
  readonly action: string
  readonly payloadHash: Uint8Array
  readonly nonce: Uint8Array
  readonly timeMs: number
}

export const requestStatementSchema = struct<RequestStatement>({
  version: exactly(1),
  networkId: bytes(32),
  node: bytes(32),
  actor: bytes(32),
  inception: optional(inceptionSchema),
  action: text(64),
  payloadHash: bytes(32),
  nonce: bytes(16),
  timeMs: uint(),
})

export const REQUEST_PAYLOAD_BYTES_MAX = 24 * 1024 * 1024

export interface SignedRequest {
  /** Encoded RequestStatement. */
  readonly statement: Uint8Array
  readonly signature: Uint8Array
  /** The action's own structure, encoded. */
  readonly payload: Uint8Array
}

export const signedRequestSchema = struct<SignedRequest>({
  statement: blob(2048),
  signature: bytes(64),
  payload: blob(REQUEST_PAYLOAD_BYTES_MAX),
})

export const requestPayloadHash = (payload: Uint8Array): Uint8Array =>
  hashTagged('medchain/request-payload/1', payload)

export const requestMessage = (statement: Uint8Array): Uint8Array =>
  taggedMessage('medchain/request/1', statement)

/** A signed request whose statement decodes and names its payload's hash; the signature is the node's to check. */
export const decodeSignedRequest = (
  data: Uint8Array,
): Result<{ readonly request: SignedRequest; readonly statement: RequestStatement }> => {
  const request = decode(signedRequestSchema, data, REQUEST_PAYLOAD_BYTES_MAX + 64 * 1024)
  if (!request.ok) return request
  const statement = decode(requestStatementSchema, request.value.statement)
  if (!statement.ok) return statement
  const expected = requestPayloadHash(request.value.payload)
  const matches = expected.every((byte, index) => byte === statement.value.payloadHash[index])
  return matches
    ? ok({ request: request.value, statement: statement.value })
    : refuse('request.payload', 'The signed statement is about another payload.')
}

export const encodeSignedRequest = (request: SignedRequest): Uint8Array =>
  encode(signedRequestSchema, request)
