import {
  ok as accepted,
  accounts,
  blob,
  certificateSchema,
  decode,
  didFromAccountId,
  encode,
  headerSchema,
  hexFromBytes,
  institutionIdOf,
  list,
  networkIdOf,
  type Result,
  refuse,
  stateProofSchema,
  unwrap,
  validateCertificate,
  validatorsOf,
  verifyStateProof,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { createApi, installRoutes } from '../../src/api/index.ts'
import { systemClock } from '../../src/clock.ts'
import { createLogger } from '../../src/logger.ts'
import { type Submitted, signatureVerifier } from '../../src/replica/index.ts'
import { createStub } from './stub-services.ts'

let answer: Result<Submitted> = refuse('mempool.full', 'Full.')
const stub = createStub(async () => answer)
const api = await createApi(
  { host: '127.0.0.1', port: 0, version: '0.0.0' },
  { logger: createLogger({ level: 'silent' }), clock: systemClock },
)
installRoutes(api.server, stub.services, [])
await api.server.ready()

/** Any JSON object; each test says what it reads of it. */
type Answer = Readonly<Record<string, unknown>>

const get = async (url: string) => {
  const response = await api.server.inject({ url })
  const type = String(response.headers['content-type'])
  return { status: response.statusCode, type, headers: response.headers, body: response.json<Answer>() }
}
const member = stub.genesis.members[1]!
const institution = didFromAccountId(institutionIdOf(member))

const problems: readonly (readonly [string, number, string])[] = [
  ['/nowhere', 404, 'request.not-found'],
  ['/v1/blocks/0', 400, 'request.malformed'],
  ['/v1/blocks/x', 400, 'request.malformed'],
  ['/v1/blocks/9', 404, 'block.not-found'],
  ['/v1/blocks/2', 500, 'storage.block-damaged'],
  ['/v1/blocks?limit=1000', 400, 'request.malformed'],
  ['/v1/accounts/did:medchain:z1', 400, 'identity.did'],
  [`/v1/accounts/${didFromAccountId(new Uint8Array(32))}`, 404, 'account.not-found'],
  [`/v1/charts/${institution}`, 404, 'chart.not-found'],
  [`/v1/charts/${institution}/grants`, 404, 'chart.not-found'],
  [`/v1/transactions/${'a'.repeat(64)}`, 404, 'tx.not-found'],
  ['/v1/transactions/abc', 400, 'request.malformed'],
  [`/v1/batches/${'0'.repeat(32)}`, 404, 'batch.not-found'],
  [`/v1/batches/${'0'.repeat(32)}/anchors?positions=0`, 404, 'batch.not-found'],
  [`/v1/batches/${'0'.repeat(32)}/anchors`, 400, 'request.malformed'],
  [`/v1/batches/${'0'.repeat(32)}/anchors?positions=0,`, 400, 'request.malformed'],
  [`/v1/batches/${'0'.repeat(32)}/anchors?positions=${'1,'.repeat(32)}1`, 400, 'request.malformed'],
  ['/v1/proofs', 400, 'request.malformed'],
  ['/v1/proofs?key=xyz', 400, 'encoding.hex'],
]

for (const [url, status, code] of problems) {
  test(`${url} is ${status} ${code}`, async () => {
    const found = await get(url)
    equal([found.status, found.body['code']], [status, code])
    match(found.type, /^application\/problem\+json/)
    ok(!JSON.stringify(found.body).includes('    at '))
  })
}

test('status has every key of the contract', async () => {
  const { body } = await get('/v1/status')
  const keys =
    'networkId institution role height headHash stateRoot round validators isValidator peers syncing mempool version'
  for (const key of keys.split(' ')) ok(body[key] !== undefined, key)
  equal(body['mempool'], { transactions: 2, bytes: 700 })
  match(body['genesisFingerprint'] as string, /^([a-z2-7]{4}-){12}[a-z2-7]{4}$/)
})

test('members and accounts are those of the state', async () => {
  const { body } = await get('/v1/members')
  const members = body['members'] as { did: string; name: string; sealingKey: string }[]
  equal(
    members.map(({ name }) => name),
    ['h0', 'h1', 'h2', 'h3'],
  )
  equal(members[1]?.did, institution)
  const account = (await get(`/v1/accounts/${institution}`)).body
  equal(
    [account['role'], account['sponsor'], account['sealingKey']],
    ['hospital', null, hexFromBytes(member.sealingKey)],
  )
})

test('a block carries its header, certificate and bytes', async () => {
  const { body } = await get('/v1/blocks/3')
  equal([body['height'], body['transactions'], body['txIds'], body['logSize']], [3, 0, [], 2])
  equal((body['signers'] as string[]).length, 3)
  equal(new Uint8Array(Buffer.from(body['bytes'] as string, 'base64')), stub.blocks[2]?.bytes)
  equal((await get('/v1/blocks?before=2')).body['next'], null)
})

test('a proof convinces somebody who knows only the validators', async () => {
  const key = accounts.keyOf(institutionIdOf(member))
  for (const [each, isThere] of [
    [key, true],
    [accounts.keyOf(new Uint8Array(32)), false],
  ] as const) {
    const { body } = await get(`/v1/proofs?key=${hexFromBytes(each)}`)
    const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(body[name] as string, 'base64'))
    const header = unwrap(decode(headerSchema, bytesOf('header')))
    const certificate = unwrap(decode(certificateSchema, bytesOf('certificate')))
    const networkId = networkIdOf(stub.genesis)
    const set = validatorsOf(stub.genesis)
    ok(validateCertificate(certificate, 'commit', networkId, set, signatureVerifier).ok)
    const value = body['value'] === null ? undefined : bytesOf('value')
    equal(value !== undefined, isThere)
    ok(verifyStateProof(header.stateRoot, each, value, unwrap(decode(stateProofSchema, bytesOf('proof')))))
  }
})

test('transactions go in as JSON or as bytes, and refusals come back with their status', async () => {
  const post = async (payload: string | Buffer, type = 'application/json') => {
    const headers = { 'content-type': type }
    const response = await api.server.inject({ method: 'POST', url: '/v1/transactions', headers, payload })
    return [
      response.statusCode,
      response.json<{ code?: string; height?: number }>().code,
      response.headers['retry-after'],
    ]
  }
  const json = JSON.stringify({ transaction: 'AQID' })
  equal(await post(json), [429, 'mempool.full', '1'])
  answer = refuse('identity.exists', 'There already.')
  equal(await post(json), [409, 'identity.exists', undefined])
  answer = refuse('consent.none', 'No grant.')
  equal(await post(Buffer.from([1]), 'application/cbor'), [403, 'consent.none', undefined])
  answer = refuse('node.unconfirmed', 'Not yet.')
  equal(await post(json), [504, 'node.unconfirmed', undefined])
  answer = accepted({ txId: new Uint8Array(32), height: 4 })
  equal(await post(json), [200, undefined, undefined])
  equal(await post('{}'), [400, 'request.malformed', undefined])
  equal(await post('null'), [400, 'request.malformed', undefined])
  equal(await post('{"transaction": "*"}'), [400, 'encoding.base64', undefined])
  equal(await post('{"a'), [400, 'request.malformed', undefined])
  equal(await post('x', 'text/plain'), [415, 'request.media-type', undefined])
  equal(await post(Buffer.alloc(3_000_000), 'application/cbor'), [413, 'request.too-large', undefined])
})

test('a bundle is answered transaction by transaction, and one that is none is refused whole', async () => {
  const post = (payload: Uint8Array, type = 'application/cbor') =>
    api.server.inject({
      method: 'POST',
      url: '/v1/bundles',
      headers: { 'content-type': type },
      payload: Buffer.from(payload),
    })
  const two = encode(list(blob(16), 4), [Uint8Array.of(1), Uint8Array.of(2)])
  answer = refuse('consent.none', 'No grant.')
  const refused = await post(two)
  equal(refused.statusCode, 200)
  equal(
    refused.json<{ transactions: { code: string }[] }>().transactions.map(({ code }) => code),
    ['consent.none', 'consent.none'],
  )
  answer = accepted({ txId: new Uint8Array(32), height: 4 })
  const taken = await post(two)
  equal(
    taken.json<{ transactions: { height: number }[] }>().transactions.map(({ height }) => height),
    [4, 4],
  )
  equal((await post(Uint8Array.of(0x61, 0x41))).json<{ code: string }>().code, 'encoding.malformed')
  equal(
    (await post(Buffer.from('{}'), 'application/json')).json<{ code: string }>().code,
    'request.malformed',
  )
})

test('ready needs a quorum of validators', async () => {
  equal((await get('/ready')).status, 503)
  stub.connect(1)
  stub.connect(2)
  equal((await get('/ready')).status, 200)
  equal(
    ((await get('/v1/peers')).body['peers'] as { name: string }[]).map(({ name }) => name),
    ['h1', 'h2'],
  )
})

test('OpenAPI 3.1 describes every public route', async () => {
  const { body } = await get('/openapi.json')
  equal(body['openapi'], '3.1.0')
  const paths = Object.keys(body['paths'] as object)
  for (const path of [
    '/v1/status',
    '/v1/transactions',
    '/v1/charts/{did}/grants',
    '/v1/proofs',
    '/v1/events',
    '/ready',
  ]) {
    ok(paths.includes(path), path)
  }
})

test('metrics are Prometheus text with the project’s names', async () => {
  const { payload } = await api.server.inject({ url: '/metrics' })
  match(payload, /process_resident_memory_bytes/)
})

test.after(() => api.close())

test.run()
