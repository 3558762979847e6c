import type { ServerResponse } from 'node:http'
import { hexFromBytes } from '@medchain/core'
import type { CommittedBlockEvent } from '../../replica/index.ts'
import { ApiError } from '../api-error.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, did, hex } from '../text.ts'

const STREAMS_MAX = 256
const KEEP_ALIVE_MS = 15_000
/** A reader that leaves more than this unread is disconnected; it can ask for what it missed. */
const UNREAD_BYTES_MAX = 1024 * 1024

const dataOf = ({ height, hash, header, certificate, transactions }: CommittedBlockEvent): string =>
  JSON.stringify({
    height,
    hash: hex(hash),
    timeMs: header.timeMs,
    round: header.round,
    commitRound: certificate.round,
    proposer: did(header.proposer),
    stateRoot: hex(header.stateRoot),
    transactions: transactions.map(({ txId, kind, sender, events }) => ({
      txId: base32(txId),
      kind,
      sender: did(sender),
      events: events.map((event) => ({ kind: event.kind, subjects: event.subjects.map(hexFromBytes) })),
    })),
  })

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/** Sends every commit to one reader until it goes, or falls too far behind. */
const stream = (
  response: ServerResponse,
  { ledger, clock }: NodeServices,
  onEnd: () => void,
): (() => void) => {
  let cancelTimer = (): void => undefined
  const write = (text: string): void => {
    response.write(text)
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy()
  }
  const keepAlive = (): void => {
    write(': here\n\n')
    cancelTimer = clock.setTimer(KEEP_ALIVE_MS, keepAlive)
  }
  const stop = ledger.onCommitted((event) => {
    write(`id: ${event.height}\nevent: block\ndata: ${dataOf(event)}\n\n`)
  })
  response.on('close', () => {
    stop()
    cancelTimer()
    onEnd()
  })
  response.writeHead(200, HEADERS)
  keepAlive()
  return () => void response.end()
}

/** Committed blocks as they come, as server-sent events. */
export const eventRoutes = (server: ApiServer, services: NodeServices): void => {
  const open = new Set<() => void>()
  server.addHook('preClose', async () => {
    for (const end of [...open]) end()
  })
  const schema = { tags: ['events'], summary: 'Committed blocks as they come (text/event-stream)' }
  server.get('/v1/events', { schema }, async (_request, reply) => {
    if (open.size >= STREAMS_MAX) {
      throw new ApiError('node.busy', 'Too many readers follow the events already.')
    }
    reply.hijack()
    const end = stream(reply.raw, services, () => void open.delete(end))
    open.add(end)
    return reply
  })
}
