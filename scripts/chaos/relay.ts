// Stands between one daemon and those it dials: holds bytes back, narrows the way, breaks connections.
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { RelayOrder, RelayRoute, Weather } from './relay-orders.ts'

const CLEAR: Weather = { delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY }
const AHEAD_BYTES_MAX = 256 * 1024

const weatherTo = new Map<number, Weather>()
const socketsTo = new Map<number, Set<Socket>>()

/** Copies one direction: each chunk arrives after the delay, and no sooner than the bandwidth lets it through. */
const pour = async (from: Socket, into: Socket, to: number): Promise<void> => {
  let freeAtMs = 0
  let aheadBytes = 0
  let last = Promise.resolve()
  for await (const chunk of from as AsyncIterable<Buffer>) {
    const { delayMs, bytesPerSecond } = weatherTo.get(to) ?? CLEAR
    const nowMs = performance.now()
    freeAtMs = Math.max(freeAtMs, nowMs) + (chunk.length / bytesPerSecond) * 1000
    const dueMs = freeAtMs + delayMs
    aheadBytes += chunk.length
    last = last
      .then(() => (dueMs > nowMs ? delay(Math.max(0, dueMs - performance.now())) : undefined))
      .then(() => {
        aheadBytes -= chunk.length
        if (!into.destroyed) into.write(chunk)
      })
    while ((aheadBytes > AHEAD_BYTES_MAX || into.writableLength > AHEAD_BYTES_MAX) && !into.destroyed)
      await delay(5)
  }
  await last
  into.end()
}

const join = ({ to, host, port }: RelayRoute, inner: Socket): void => {
  const outer = connect({ host, port, noDelay: true })
  inner.setNoDelay(true)
  const both = [inner, outer]
  const open = socketsTo.get(to) ?? new Set()
  socketsTo.set(to, open)
  for (const socket of both) {
    open.add(socket)
    // Whatever ends one side ends the other as it ended.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      open.delete(socket)
      for (const each of both) each.destroy()
    })
  }
  pour(inner, outer, to).catch(() => undefined)
  pour(outer, inner, to).catch(() => undefined)
}

const obey = (order: RelayOrder): void => {
  if (order.kind === 'weather') weatherTo.set(order.to, order.weather ?? CLEAR)
  else for (const socket of [...(socketsTo.get(order.to) ?? [])]) socket.resetAndDestroy()
}

process.on('message', obey)
process.on('disconnect', () => process.exit(0))

const routes = JSON.parse(process.argv[2] ?? '[]') as RelayRoute[]
await Promise.all(
  routes.map(
    (route) =>
      new Promise<void>((resolve, reject) => {
        const server = createServer((socket) => join(route, socket))
        server.once('error', reject).listen(route.listenPort, route.listenHost, () => resolve())
      }),
  ),
)
process.send?.('ready')
