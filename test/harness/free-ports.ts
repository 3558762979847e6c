import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** A base port such that these offsets from it are free now; below the range that systems hand out themselves. */
export const findBasePort = async (offsets: readonly number[]): Promise<number> => {
  for (let tries = 0; tries < 200; tries++) {
    const base = randomInt(10_000, 32_000)
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no free ports between 10,000 and 32,000')
}
