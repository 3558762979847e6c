import { connect, createServer } from 'node:net'
import type { Daemon } from './daemon.ts'

const PORT = 7740

/** Doors on the loopback address to each daemon's API: off the machine the commands accept https only. */
export const openDoors = async (daemons: readonly Daemon[]): Promise<(host: number) => string> => {
  await Promise.all(
    daemons.map(({ host, url }) => {
      const { hostname, port } = new URL(url)
      const server = createServer((inner) => {
        const outer = connect(Number(port), hostname)
        for (const [one, other] of [[inner, outer] as const, [outer, inner] as const]) {
          one.on('error', () => other.destroy()).on('close', () => other.destroy())
          one.pipe(other)
        }
      })
      return new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(PORT + host, '127.0.0.1', () => resolve())
      })
    }),
  )
  return (host) => `http://127.0.0.1:${PORT + host}`
}
