import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, which would take one of them in between. */
const RANGE = [10_000, 32_000] as const
const TRIES = 100

/** Whether nobody listens there now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** Ports of the loopback address that are free at this moment, all different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > TRIES + count) throw new Error(`no ${count} free ports from ${RANGE[0]} to ${RANGE[1]}`)
    const port = randomInt(...RANGE)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}
