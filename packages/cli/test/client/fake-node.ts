import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeNode {
  readonly url: string
  readonly close: () => Promise<void>
}

/** An HTTP server on this machine that answers as a test needs it. */
export const startFakeNode = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeNode> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const NETWORK_ID = 'a'.repeat(52)

/** Answers `/v1/status` with a network, and everything else as if nothing were there. */
export const answerStatus = (request: IncomingMessage, response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json')
  if (request.url === '/v1/status') {
    const status = {
      networkId: NETWORK_ID,
      genesisFingerprint: 'aaaa',
      institution: 'did:x',
      institutionName: 'north',
      role: 'hospital',
      height: 1,
      headHash: '00'.repeat(32),
      stateRoot: '00'.repeat(32),
      round: 0,
      validators: ['did:x'],
      isValidator: true,
      peers: 0,
      syncing: false,
      mempool: { transactions: 0, bytes: 0 },
      version: '0.0.0',
    }
    response.end(JSON.stringify(status))
    return
  }
  response.statusCode = 404
  response.end(JSON.stringify({ code: 'request.not-found', detail: 'There is nothing.' }))
}
