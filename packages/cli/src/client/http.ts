import { CommandError, fail } from '../command-error.ts'

export const REQUEST_TIMEOUT_MS = 30_000

export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  readonly body?: Uint8Array
  readonly contentType?: string
  readonly accept?: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const unreachable = (url: string, error: unknown): never => {
  const origin = new URL(url).origin
  if (error instanceof Error && error.name === 'TimeoutError') {
    return fail('node.timeout', `The node at ${origin} did not answer in time.`)
  }
  const cause = (error as { cause?: { code?: string } }).cause?.code
  return fail('node.unreachable', `No node answers at ${origin}${cause === undefined ? '' : ` (${cause})`}.`)
}

const PROBLEM_BY_STATUS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['request.malformed', 'The node does not understand the request.'],
  403: ['request.refused', 'The node refuses the request.'],
  404: ['node.not-found', 'The node has nothing of that name.'],
  413: ['request.too-large', 'The request is too large for the node.'],
  429: ['node.busy', 'The node has too much to do.'],
  503: ['node.not-ready', 'The node is not ready yet.'],
}

const field = (body: unknown, name: string): string | undefined => {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The coded error of an answer that is not 2xx (RFC 9457 problem details where the node gives them). */
const problemOf = async (response: Response): Promise<CommandError> => {
  const body: unknown = await response.json().catch(() => undefined)
  const [usualCode, usualSentence] = PROBLEM_BY_STATUS[response.status] ?? [
    'node.failed',
    `The node answered with status ${response.status}.`,
  ]
  const sentence = field(body, 'detail') ?? field(body, 'title') ?? field(body, 'message') ?? usualSentence
  return new CommandError(field(body, 'code') ?? usualCode, sentence)
}

/** The answer of a request that the node granted; refusals and silence are coded errors. */
export const sendRequest = async (url: string, request: HttpRequest = {}): Promise<Response> => {
  const { method = 'GET', body, contentType, accept = 'application/json' } = request
  const deadline = AbortSignal.timeout(request.timeoutMs ?? REQUEST_TIMEOUT_MS)
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
  const headers: Record<string, string> = { accept }
  if (contentType !== undefined) headers['content-type'] = contentType
  let response: Response
  try {
    // A node never redirects: what was signed for it is not carried elsewhere, nor off TLS.
    const redirect = 'error'
    response = await fetch(url, {
      method,
      headers,
      signal,
      redirect,
      ...(body && { body: new Uint8Array(body) }),
    })
  } catch (error) {
    if (request.signal?.aborted) throw error
    return unreachable(url, error)
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

/** The body of an answer; a connection that breaks in the middle is `node.unreachable`. */
export const readBytes = async (url: string, response: Response): Promise<Uint8Array> => {
  try {
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    return unreachable(url, error)
  }
}

export const readJson = async <T>(url: string, response: Response): Promise<T> => {
  const text = new TextDecoder().decode(await readBytes(url, response))
  try {
    return JSON.parse(text) as T
  } catch {
    return fail('node.malformed', 'The node’s answer is not JSON; is this a MedChain node?')
  }
}
