import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { ok } from '@medchain/core'
import { test } from 'uvu'
import { is, match } from 'uvu/assert'
import { createApi } from '../../src/api/index.ts'
import { systemClock } from '../../src/clock.ts'
import { createLogger } from '../../src/logger.ts'
import { registerRequestRoute } from '../../src/requests/routes.ts'

interface Desk {
  readonly port: number
  readonly url: string
  /** Lets the spans that bodies are watched over pass. */
  readonly pass: () => void
}

/** The route on a server of its own, with timers that the test lets run out. */
const withDesk = async (body: (desk: Desk) => Promise<void>): Promise<void> => {
  const timers = new Set<() => void>()
  const clock = {
    setTimer: (_ms: number, f: () => void) => {
      timers.add(f)
      return () => void timers.delete(f)
    },
  }
  const logger = createLogger({ level: 'silent' })
  const api = await createApi({ host: '127.0.0.1', port: 0, version: '0' }, { logger, clock: systemClock })
  registerRequestRoute(api.server, { answer: async (bytes) => ok(Uint8Array.of(bytes.length & 255)) }, clock)
  await api.start()
  const { port } = api.server.server.address() as AddressInfo
  const pass = (): void => {
    for (const f of [...timers]) f()
  }
  try {
    await body({ port, url: `http://127.0.0.1:${port}/v1/requests`, pass })
  } finally {
    await api.close()
  }
}

const HEAD = 'POST /v1/requests HTTP/1.1\r\nhost: node\r\ncontent-type: application/cbor\r\n'

/** Begins a body that does not go on. */
const beginSlowly = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', reject)
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`, () => resolve(socket))
  })

const post = (url: string, size = 3): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor' },
    body: new Uint8Array(size),
  })

test('bodies that hardly come occupy nothing but their places, and end when their time is up', () =>
  withDesk(async ({ port, url, pass }) => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => beginSlowly(port)))
    is((await post(url)).status, 200)
    is((await post(url, 20 * 1024 * 1024)).status, 200)
    const answers = Promise.all(slow.map((socket) => text(socket)))
    pass()
    for (const answer of await answers) match(answer, /408 Request Timeout[\s\S]*request\.slow/)
  }))

test('one address has a bounded number of bodies on their way', () =>
  withDesk(async ({ port, url }) => {
    const slow = await Promise.all(Array.from({ length: 64 }, () => beginSlowly(port)))
    let refused = await post(url)
    for (let turn = 0; refused.status === 200 && turn < 200; turn++) refused = await post(url)
    is(refused.status, 429)
    is(((await refused.json()) as { code: string }).code, 'request.busy')
    for (const socket of slow) socket.destroy()
    let again = await post(url)
    for (let turn = 0; again.status !== 200 && turn < 200; turn++) again = await post(url)
    is(again.status, 200)
  }))

test.run()
