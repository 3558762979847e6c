import {
  type Action,
  agentKeys,
  decode,
  disclosureChunk,
  disclosureLeg,
  type Inception,
  type Result,
} from '@medchain/core'
import { signRequest } from '../requests/sign-request.ts'
import type { ReadTransport } from './read-request.ts'

const ANSWER_BYTES_MAX = 25 * 1024 * 1024

/** Whoever sends signed requests to one node, and how. */
export interface RequestClient {
  readonly networkId: Uint8Array
  readonly actor: Uint8Array
  /** First keys of an actor that is not on the chain. */
  readonly inception?: Inception | undefined
  readonly sign: (message: Uint8Array) => Uint8Array
  /** Carries a signed request to the node that the client talks to and brings its encoded answer. */
  readonly post: (body: Uint8Array) => Promise<Result<Uint8Array>>
  readonly nowMs: () => number
}

/** The answer of `node` to an action, asked through the client's own node. */
export const askNode = async <P, A>(
  client: RequestClient,
  node: Uint8Array,
  action: Action<P, A>,
  payload: P,
): Promise<Result<A>> => {
  const { networkId, actor, inception, sign } = client
  const body = signRequest(
    { networkId, node, actor, inception, sign, nowMs: client.nowMs() },
    action,
    payload,
  )
  const answer = await client.post(body)
  return answer.ok ? decode(action.answer, answer.value, ANSWER_BYTES_MAX) : answer
}

/** The reader's way to the holders: signed requests that the serving node answers or passes on. */
export const createRequestTransport = (
  client: RequestClient,
  servingNode: Uint8Array,
  anchors: ReadTransport['anchors'],
): ReadTransport => ({
  leg: (holder, leg, signed) => askNode(client, holder, disclosureLeg, { signed, leg }),
  agent: (signed, envelopes) => askNode(client, servingNode, agentKeys, { signed, envelopes }),
  chunk: (holder, request) => askNode(client, holder, disclosureChunk, request),
  anchors,
})
