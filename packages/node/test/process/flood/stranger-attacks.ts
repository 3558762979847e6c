import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { createHost, type Host } from '../../../src/network/host.ts'
import type { Poured } from './pour.ts'

interface Target {
  readonly host: string
  readonly port: number
}

const targetFrom = (address: string): Target => {
  const [, , host = '', , port = ''] = address.split('/')
  return { host, port: Number(port) }
}

/** Sockets that are opened as fast as they are closed, `max` at one time; each is given to `use`. */
const openSockets = async (
  { host, port }: Target,
  max: number,
  poured: Poured,
  use: (socket: Socket) => void,
): Promise<void> => {
  const open = new Set<Socket>()
  for (;;) {
    for (let count = 0; count < 50 && open.size < max; count++) {
      const socket = connect({ host, port })
      open.add(socket)
      poured.count += 1
      socket.on('error', () => undefined)
      socket.on('connect', () => use(socket))
      socket.on('data', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    await delay(10)
  }
}

const createStranger = (): Promise<Host> =>
  createHost({
    privateKeySeed: new Uint8Array(randomBytes(32)),
    listen: [],
    gater: {},
    dialTimeoutMs: 2_000,
    gossip: {},
  })

/** Connections of unknown keys that shake hands, and of sockets that say nothing or rubbish. */
export const floodAsStrangers = async (targets: readonly string[], poured: Poured): Promise<void> => {
  const strangers = await Promise.all(Array.from({ length: 6 }, createStranger))
  const shakeHands = async (stranger: Host): Promise<void> => {
    await stranger.start()
    for (;;) {
      await Promise.all(
        targets.map((target) =>
          stranger.dial(multiaddr(target), { signal: AbortSignal.timeout(2_000), force: true }).then(
            () => (poured.count += 1),
            () => undefined,
          ),
        ),
      )
      await delay(1)
    }
  }
  const garbage = randomBytes(1024)
  await Promise.all([
    ...strangers.map(shakeHands),
    ...targets.map((target, index) =>
      openSockets(targetFrom(target), 2_000, poured, (socket) => {
        if (index % 2 === 0) socket.write(garbage)
      }),
    ),
  ])
}

const SLOW_POST = [
  'POST /v1/requests HTTP/1.1',
  'host: node',
  'content-type: application/cbor',
  'transfer-encoding: chunked',
  '',
  '1\r\nx\r\n',
].join('\r\n')

/** Readers of the API: thousands of sockets, posts whose bodies never end, and plain questions. */
export const floodApi = async (apiUrls: readonly string[], poured: Poured): Promise<void> => {
  const asking = 'GET /v1/status HTTP/1.1\r\nhost: node\r\n\r\n'
  await Promise.all(
    apiUrls.flatMap((url) => {
      const { hostname, port } = new URL(url)
      const target = { host: hostname, port: Number(port) }
      return [
        openSockets(target, 1_000, poured, () => undefined),
        openSockets(target, 500, poured, (socket) => socket.write(SLOW_POST)),
        openSockets(target, 100, poured, (socket) => {
          socket.write(asking)
          socket.on('data', () => socket.write(asking))
        }),
      ]
    }),
  )
}
