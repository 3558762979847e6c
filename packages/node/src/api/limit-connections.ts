import type { Server } from 'node:http'

const CONNECTIONS_MAX = 1_024
/** A proxy in front of the node counts as one address. */
const ADDRESS_CONNECTIONS_MAX = 256

/** Bounds the connections of all clients and of one address; what is more is closed at once. */
export const limitConnections = (server: Server): void => {
  const counts = new Map<string, number>()
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const count = counts.get(address) ?? 0
    if (count >= ADDRESS_CONNECTIONS_MAX) {
      socket.destroy()
      return
    }
    counts.set(address, count + 1)
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1
      if (left > 0) counts.set(address, left)
      else counts.delete(address)
    })
  })
}
