import { Agent, request } from 'node:http'
import type { Consortium } from './consortium.ts'
import { createEnroller, type MadeTransaction } from './enrolments.ts'
import { CLIENT_HOSTS } from './lan.ts'

/** One transaction as its client saw it; times on the clock of `performance.now()`. */
export interface Sample {
  readonly txId: string
  readonly host: number
  readonly dueAtMs: number
  /** From the moment it was due to the answer. */
  readonly latencyMs: number
  /** Of the block, as the node acknowledged it; undefined when it was not. */
  readonly height: number | undefined
  readonly refusal: string | undefined
}

export interface Load {
  readonly samples: readonly Sample[]
  /** Height by id of everything that a node called committed. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly outstanding: () => number
  /** Sends nothing more and waits for the answers under way. */
  readonly stop: () => Promise<void>
}

export interface LoadOptions {
  readonly perSecond: number
  /** Whether clients use this host now. */
  readonly uses?: (host: number) => boolean
}

const TICK_MS = 4
const ANSWER_TIMEOUT_MS = 35_000

interface Answer {
  readonly height?: number | null
  readonly code?: string
}

const post = (url: string, agent: Agent, localAddress: string, bytes: Uint8Array): Promise<Answer> =>
  new Promise((resolve) => {
    const outgoing = request(
      `${url}/v1/transactions`,
      {
        ...{ agent, localAddress, method: 'POST', timeout: ANSWER_TIMEOUT_MS },
        headers: { 'content-type': 'application/cbor', 'content-length': bytes.length },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', (error) => resolve({ code: error.message }))
        incoming.on('end', () => {
          try {
            resolve(JSON.parse(text) as Answer)
          } catch {
            resolve({ code: `http.${incoming.statusCode}` })
          }
        })
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('client.timeout')))
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? error.message }))
    outgoing.end(bytes)
  })

/** Clients that send at a fixed rate whatever becomes of the answers, to all hosts in turn. */
export const startLoad = async (
  { daemons, genesis }: Consortium,
  { perSecond, uses = () => true }: LoadOptions,
): Promise<Load> => {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const makers = await Promise.all(daemons.map(({ home }) => createEnroller(home, genesis)))
  const samples: Sample[] = []
  const acknowledged = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  const startedAtMs = performance.now()
  let sent = 0

  const send = async (host: number, { txId, bytes }: MadeTransaction, dueAtMs: number): Promise<void> => {
    const client = CLIENT_HOSTS[sent % CLIENT_HOSTS.length] ?? ''
    const { height = undefined, code } = await post(daemons[host]?.url ?? '', agent, client, bytes)
    const latencyMs = performance.now() - dueAtMs
    const isCommitted = typeof height === 'number'
    if (isCommitted) acknowledged.set(txId, height)
    const refusal = isCommitted ? undefined : (code ?? 'no height')
    samples.push({ txId, host, dueAtMs, latencyMs, height: isCommitted ? height : undefined, refusal })
  }

  const tick = (): void => {
    const hosts = daemons.map((_, host) => host).filter(uses)
    for (; startedAtMs + (sent * 1000) / perSecond <= performance.now(); sent++) {
      const host = hosts[sent % hosts.length]
      const made = host === undefined ? undefined : makers[host]?.()
      if (host === undefined || made === undefined) continue
      const sending = send(host, made, startedAtMs + (sent * 1000) / perSecond)
      underWay.add(sending)
      sending.finally(() => underWay.delete(sending))
    }
  }
  const timer = setInterval(tick, TICK_MS)
  return {
    samples,
    acknowledged,
    outstanding: () => underWay.size,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      agent.destroy()
    },
  }
}
