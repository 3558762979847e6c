import { Pool } from 'undici'
import type { BenchDaemon } from '../network/bench-network.ts'

/** A node takes 256 connections of one address. */
const CONNECTIONS = 250
/** Of the loopback network: a crowd that one node has to turn away comes from more than one place. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] as const
const TIMEOUT_MS = 40_000
const HEADERS = { 'content-type': 'application/cbor' }

/** How many were committed, and what one of the others was refused for. */
export interface Answer {
  readonly count: number
  readonly refusal?: string
}

/** Hands transactions to one daemon over connections that stay open, and waits for their commits. */
export interface Submitter {
  readonly submit: (bytes: Uint8Array) => Promise<Answer>
  /** A CBOR array of transactions; refused if any of them is. */
  readonly submitBundle: (bytes: Uint8Array) => Promise<Answer>
  readonly close: () => Promise<void>
}

interface Outcome {
  readonly height?: number | null
  readonly code?: string
}

const answerOf = (outcome: Outcome, status: number): Answer =>
  typeof outcome.height === 'number' ? { count: 1 } : { count: 0, refusal: outcome.code ?? `http.${status}` }

export const createSubmitter = ({ apiUrl }: BenchDaemon): Submitter => {
  const pools = ADDRESSES.map(
    (localAddress) =>
      new Pool(apiUrl, {
        connections: CONNECTIONS,
        pipelining: 1,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        localAddress,
      }),
  )
  let turn = 0
  // Not `request`, which makes a stream of each answer: the load shares the processor with what it measures.
  const post = <T>(path: string, body: Uint8Array): Promise<readonly [number, T]> =>
    new Promise((resolve, reject) => {
      let status = 0
      const parts: Buffer[] = []
      turn += 1
      pools[turn % pools.length]?.dispatch(
        { path, method: 'POST', headers: HEADERS, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, code) => {
            status = code
          },
          onResponseData: (_controller, part) => void parts.push(part),
          onResponseEnd: () => {
            try {
              resolve([status, JSON.parse(Buffer.concat(parts).toString()) as T])
            } catch (error) {
              reject(error)
            }
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  return {
    submit: async (bytes) => {
      const [status, outcome] = await post<Outcome>('/v1/transactions', bytes)
      return answerOf(outcome, status)
    },
    submitBundle: async (bytes) => {
      const [status, answer] = await post<{
        readonly transactions?: readonly Outcome[]
        readonly code?: string
      }>('/v1/bundles', bytes)
      if (!answer.transactions) return { count: 0, refusal: answer.code ?? `http.${status}` }
      const refused = answer.transactions.find(({ height }) => typeof height !== 'number')
      const count = answer.transactions.filter(({ height }) => typeof height === 'number').length
      return { count, ...(refused && { refusal: refused.code ?? 'no height' }) }
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.destroy()))),
  }
}
