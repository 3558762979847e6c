import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { readBytes, sendRequest } from '../../src/client/http.ts'
import { createNodeClient } from '../../src/client/node-client.ts'
import { createWalletHome } from '../wallet/wallet-home.ts'
import { answerStatus, NETWORK_ID, startFakeNode } from './fake-node.ts'

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  )

test('problem details become coded errors', async () => {
  const node = await startFakeNode((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ code: 'consent.none', detail: 'No grant matches.' }))
  })
  const client = createNodeClient(node.url, Date.now)
  equal(await codeOf(client.get('/v1/x')), 'consent.none')
  await node.close()
})

test('answers that are not a node’s', async () => {
  const node = await startFakeNode((request, response) => {
    if (request.url === '/v1/html') response.end('<html>')
    else if (request.url === '/v1/torn')
      response.writeHead(200, { 'content-length': '10' }).write('{', () => request.socket.destroy())
    else response.writeHead(502).end('bad gateway')
  })
  const client = createNodeClient(node.url, Date.now)
  equal(await codeOf(client.get('/v1/html')), 'node.malformed')
  equal(await codeOf(client.get('/v1/torn')), 'node.unreachable')
  equal(await codeOf(client.get('/v1/else')), 'node.failed')
  await node.close()
  equal(await codeOf(client.get('/v1/else')), 'node.unreachable')
})

test('a node that says nothing, or stops in the middle of its answer', async () => {
  const node = await startFakeNode((request, response) => {
    if (request.url === '/v1/half') response.writeHead(200, { 'content-length': '10' }).write('{')
  })
  const ask = async (path: string): Promise<Uint8Array> => {
    const url = `${node.url}${path}`
    return readBytes(url, await sendRequest(url, { timeoutMs: 200 }))
  }
  equal(await codeOf(ask('/v1/silent')), 'node.timeout')
  equal(await codeOf(ask('/v1/half')), 'node.timeout')
  const ending = new AbortController()
  const asked = codeOf(sendRequest(`${node.url}/v1/silent`, { signal: ending.signal }))
  ending.abort()
  equal(await asked, 'ABORT_ERR')
  await node.close()
})

test('a node that redirects is not followed', async () => {
  const elsewhere: string[] = []
  const other = await startFakeNode((request, response) => {
    elsewhere.push(request.url ?? '')
    response.end('{}')
  })
  const node = await startFakeNode((request, response) => {
    response.writeHead(307, { location: `${other.url}${request.url}` }).end()
  })
  const client = createNodeClient(node.url, Date.now)
  equal(await codeOf(client.post(new Uint8Array(3))), 'node.unreachable')
  equal(await codeOf(client.get('/v1/status')), 'node.unreachable')
  equal(elsewhere, [])
  await node.close()
  await other.close()
})

test('a connection that the node ended meanwhile is not its silence', async () => {
  const used = new Set<unknown>()
  const node = await startFakeNode((request, response) => {
    if (used.has(request.socket)) request.socket.destroy()
    else response.end('{}')
    used.add(request.socket)
  })
  const client = createNodeClient(node.url, Date.now)
  equal(await client.get('/v1/x'), {})
  equal(await client.get('/v1/x'), {})
  equal(used.size, 2)
  await node.close()
})

test('an answer in another protocol, or without an end, is no node’s', async () => {
  const node = await startFakeNode((request, response) => {
    if (request.url === '/v1/other') {
      request.socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
      return
    }
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
    }
    response.on('drain', more)
    more()
  })
  const client = createNodeClient(node.url, Date.now)
  equal(await codeOf(client.get('/v1/other')), 'node.unreachable')
  equal(await codeOf(client.get('/v1/endless')), 'node.failed')
  await node.close()
})

test('events are read as they come', async () => {
  const node = await startFakeNode((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': here\n\nid: 1\nevent: block\nda')
    setImmediate(() => response.end('ta: {"height":1}\n\nevent: block\ndata: {"height":2}\n\n'))
  })
  const seen: string[] = []
  for await (const { name, data } of createNodeClient(node.url, Date.now).events(
    new AbortController().signal,
  )) {
    seen.push(`${name} ${data}`)
  }
  equal(seen, ['block {"height":1}', 'block {"height":2}'])
  await node.close()
})

test('a home trusts one network, and every later command checks it', async () => {
  const node = await startFakeNode(answerStatus)
  const home = await createWalletHome({ MEDCHAIN_NODE: '' })
  const wrong = await home.run(['connect', node.url, '--fingerprint', `${'b'.repeat(51)}a`])
  equal([wrong.exitCode, /\[network\.mismatch\]/.test(wrong.err)], [6, true])
  equal((await home.run(['connect', node.url])).exitCode, 2)
  equal((await home.run(['connect', 'http://example.org', '--fingerprint', NETWORK_ID])).exitCode, 2)
  equal(
    (await home.ask<{ networkId: string }>(['connect', node.url, '--fingerprint', NETWORK_ID])).networkId,
    NETWORK_ID,
  )
  equal((await home.run(['node', 'status', '--json'])).exitCode, 0)
  await node.close()
  const other = await startFakeNode((request, response) => {
    if (request.url === '/v1/status') response.end(JSON.stringify({ networkId: 'c'.repeat(52) }))
  })
  const mismatch = await home.run(['node', 'status', '--node', other.url])
  equal([mismatch.exitCode, /\[network\.mismatch\]/.test(mismatch.err)], [6, true])
  await other.close()
  await home.remove()
})

test('no node is exit 5 with the same form', async () => {
  const home = await createWalletHome()
  const run = await home.run(['node', 'status', '--json'])
  equal(run.exitCode, 5)
  equal(JSON.parse(run.out).error.code, 'node.unreachable')
  await home.remove()
})

test.run()
