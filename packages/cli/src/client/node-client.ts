import { type Action, accountIdFromDid, bytesFromBase32 } from '@medchain/core'
import { valueOrFail } from '../command-error.ts'
import type { NodeStatus, TransactionOutcome } from './api-types.ts'
import type { HeadChecks } from './head-checks.ts'
import { readBytes, readJson, sendRequest } from './http.ts'
import { readServerEvents, type ServerEvent } from './server-events.ts'
import { type Actor, decodeAnswer, signedRequestOf } from './signed-request.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** A node's API, as this program uses it. Everything that goes wrong is a CommandError with a code. */
export interface NodeClient {
  readonly url: string
  /** Asked once, then remembered; `fresh` asks again. */
  readonly status: (fresh?: 'fresh') => Promise<NodeStatus>
  readonly networkId: () => Promise<Uint8Array>
  /** Account id of the institution whose node this is. */
  readonly institution: () => Promise<Uint8Array>
  readonly get: <T>(path: string, query?: Query) => Promise<T>
  /** The answer to a question with a body, in JSON. */
  readonly ask: <T>(path: string, body: object) => Promise<T>
  /** Checks of time and memory on what the node proves; absent where nobody asks for proofs. */
  readonly heads?: HeadChecks | undefined
  /** Whether the person gave up every check of proofs (--no-verify). */
  readonly isTrusting?: boolean
  /** The answer, or undefined when the node has nothing of that name. */
  readonly find: <T>(path: string) => Promise<T | undefined>
  readonly submit: (transaction: Uint8Array, wait: boolean) => Promise<TransactionOutcome>
  /** Carries a signed request to the node; its encoded answer. */
  readonly post: (signed: Uint8Array, timeoutMs?: number) => Promise<Uint8Array>
  /** Sends a private request; `node` when another institution than the serving one is to answer. */
  readonly call: <P, A>(action: Action<P, A>, payload: P, actor: Actor, options?: CallOptions) => Promise<A>
  readonly events: (signal: AbortSignal) => AsyncGenerator<ServerEvent>
}

export interface CallOptions {
  readonly node?: Uint8Array
  readonly timeoutMs?: number
  /** Block time that the request has to be signed after, whatever the own clock says. */
  readonly notBeforeMs?: number
}

const COMMIT_TIMEOUT_MS = 60_000

const queryText = (query: Query): string => {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, String(value))
  }
  return parameters.size === 0 ? '' : `?${parameters}`
}

export const createNodeClient = (url: string, now: () => number): NodeClient => {
  let known: Promise<NodeStatus> | undefined
  const get = async <T>(path: string, query: Query = {}): Promise<T> => {
    const target = `${url}${path}${queryText(query)}`
    return readJson<T>(target, await sendRequest(target))
  }
  const status = (fresh?: 'fresh'): Promise<NodeStatus> => {
    if (known === undefined || fresh) known = get<NodeStatus>('/v1/status')
    return known
  }
  const networkId = async () => valueOrFail(bytesFromBase32((await status()).networkId))
  const institution = async () => valueOrFail(accountIdFromDid((await status()).institution))
  const ask = async <T>(path: string, body: object): Promise<T> => {
    const target = `${url}${path}`
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const request = { method: 'POST', body: bytes, contentType: 'application/json' } as const
    return readJson<T>(target, await sendRequest(target, request))
  }
  const post = async (signed: Uint8Array, timeoutMs = COMMIT_TIMEOUT_MS): Promise<Uint8Array> => {
    const target = `${url}/v1/requests`
    const response = await sendRequest(target, {
      method: 'POST',
      body: signed,
      contentType: 'application/cbor',
      accept: 'application/cbor',
      timeoutMs,
    })
    return readBytes(target, response)
  }
  return {
    url,
    post,
    status,
    networkId,
    institution,
    get,
    ask,
    find: async <T>(path: string) => {
      try {
        return await get<T>(path)
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    submit: async (transaction, wait) => {
      const target = `${url}/v1/transactions?wait=${wait}`
      const response = await sendRequest(target, {
        method: 'POST',
        body: transaction,
        contentType: 'application/cbor',
        timeoutMs: COMMIT_TIMEOUT_MS,
      })
      return readJson<TransactionOutcome>(target, response)
    },
    call: async (action, payload, actor, { node, timeoutMs, notBeforeMs = 0 } = {}) => {
      const nowMs = Math.max(now(), notBeforeMs)
      const place = { networkId: await networkId(), node: node ?? (await institution()), nowMs }
      return decodeAnswer(action, await post(signedRequestOf(action, payload, actor, place), timeoutMs))
    },
    events: (signal) => readServerEvents(`${url}/v1/events`, signal),
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /\.(not-found|unknown)$/.test(String(error.code))
