import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a lie makes of an answer; `body` is what the node said. */
export type Lie = (body: Buffer, request: { readonly path: string; readonly method: string }) => Buffer

export interface LyingProxy {
  readonly url: string
  /** Undefined passes everything on as it is. */
  lie: Lie | undefined
  /** Answers from now on what it answered before to the same question. */
  isFrozen: boolean
  readonly close: () => Promise<void>
}

/** A lie about JSON answers of one path, in place. */
export const lieAbout =
  (path: RegExp, tell: (answer: Record<string, unknown>) => void): Lie =>
  (body, request) => {
    if (!path.test(`${request.method} ${request.path}`)) return body
    const answer = JSON.parse(body.toString()) as Record<string, unknown>
    tell(answer)
    return Buffer.from(JSON.stringify(answer))
  }

/** Stands before a node and alters what it answers. */
export const startLyingProxy = async (target: string): Promise<LyingProxy> => {
  const state: { lie: Lie | undefined; isFrozen: boolean } = { lie: undefined, isFrozen: false }
  const answered = new Map<string, { status: number; type: string; body: Buffer }>()
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const sent = Buffer.concat(chunks)
      const { method = 'GET', url: path = '/' } = request
      const name = `${method} ${path} ${sent.toString('base64')}`
      const known = state.isFrozen ? answered.get(name) : undefined
      if (known) return void response.writeHead(known.status, { 'content-type': known.type }).end(known.body)
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([key]) => ['content-type', 'accept'].includes(key)),
      ) as Record<string, string>
      const given = await fetch(`${target}${path}`, {
        method,
        headers,
        ...(sent.length > 0 && { body: sent }),
      })
      const raw = Buffer.from(await given.arrayBuffer())
      const body = given.ok && state.lie ? state.lie(raw, { path, method }) : raw
      const type = given.headers.get('content-type') ?? ''
      answered.set(name, { status: given.status, type, body })
      response.writeHead(given.status, { 'content-type': type }).end(body)
    }
    pass().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
