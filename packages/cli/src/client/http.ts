import type { IncomingMessage } from 'node:http'
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
  const { code, cause } = error as { code?: string; cause?: { name?: string } }
  if (cause?.name === 'TimeoutError') {
    return fail('node.timeout', `The node at ${origin} did not answer in time.`)
  }
  return fail('node.unreachable', `No node answers at ${origin}${code === undefined ? '' : ` (${code})`}.`)
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

const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** More than any answer of a node. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

const bytesOf = async (answer: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of answer) {
    sizeBytes += (chunk as Buffer).length
    if (sizeBytes > ANSWER_BYTES_MAX) fail('node.failed', 'The node’s answer is longer than any should be.')
    chunks.push(chunk as Buffer)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** The coded error of an answer that is not 2xx (RFC 9457 problem details where the node gives them). */
const problemOf = async (answer: IncomingMessage, status: number): Promise<CommandError> => {
  const body = jsonOf(await bytesOf(answer).catch(() => new Uint8Array()))
  const [usualCode, usualSentence] = PROBLEM_BY_STATUS[status] ?? [
    'node.failed',
    `The node answered with status ${status}.`,
  ]
  const sentence = field(body, 'detail') ?? field(body, 'title') ?? field(body, 'message') ?? usualSentence
  return new CommandError(field(body, 'code') ?? usualCode, sentence)
}

/** An answer whose body is still to come, and what ends the waiting for it. */
export interface HttpAnswer {
  readonly message: IncomingMessage
  readonly deadline: AbortSignal
}

// Importing node:http brings in all of fetch, for its getters are read: a third of a short command.
const builtInFor = (url: string): Pick<typeof import('node:http'), 'request'> =>
  process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http')

/**
 * Sends over a connection that stays open for what comes next. Where the node ended it just then, the request goes over
 * a new one: nothing takes effect twice, for transactions have ids and signed requests are answered once.
 */
const exchange = (url: string, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> => {
  const { method = 'GET', body, contentType, accept = 'application/json' } = request
  const headers: Record<string, string> = { accept }
  if (contentType !== undefined) headers['content-type'] = contentType
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const sent = builtInFor(url).request(url, { method, headers, signal }, (answer) => {
      isAnswered = true
      resolve(answer)
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = !isAnswered && sent.reusedSocket && error.code === 'ECONNRESET'
      if (isStale) exchange(url, request, signal).then(resolve, reject)
      else reject(error)
    })
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy()
      reject(new Error('another protocol'))
    })
    sent.end(body)
  })
}

/**
 * The answer of a request that the node granted; refusals and silence are coded errors. A node never redirects: what
 * was signed for it is not carried elsewhere, nor off TLS.
 */
export const sendRequest = async (url: string, request: HttpRequest = {}): Promise<HttpAnswer> => {
  const deadline = AbortSignal.timeout(request.timeoutMs ?? REQUEST_TIMEOUT_MS)
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
  const message = await exchange(url, request, signal).catch((error: unknown) => {
    if (request.signal?.aborted) throw error
    return unreachable(url, error)
  })
  const { statusCode: status = 0 } = message
  if (status >= 300 && status < 400) {
    message.destroy()
    return unreachable(url, {})
  }
  if (status < 200 || status > 299) throw await problemOf(message, status)
  return { message, deadline }
}

/** The body of an answer; a connection that breaks in the middle is `node.unreachable`. */
export const readBytes = async (url: string, { message, deadline }: HttpAnswer): Promise<Uint8Array> => {
  try {
    return await bytesOf(message)
  } catch (error) {
    if (error instanceof CommandError) throw error
    // A body cut off by the deadline ends like one that the node cut off.
    return unreachable(url, deadline.aborted ? { cause: deadline.reason } : error)
  }
}

export const readJson = async <T>(url: string, answer: HttpAnswer): Promise<T> => {
  const text = new TextDecoder().decode(await readBytes(url, answer))
  try {
    return JSON.parse(text) as T
  } catch {
    return fail('node.malformed', 'The node’s answer is not JSON; is this a MedChain node?')
  }
}
