import {
  type Action,
  decode,
  directoryCharts,
  encode,
  encodeSignedRequest,
  keyringRead,
  keyringWrite,
  unwrap,
} from '@medchain/core'
import { type FastifyInstance, fastify } from 'fastify'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createNonceWindow } from '../../src/requests/nonce-window.ts'
import { signRequest } from '../../src/requests/sign-request.ts'
import { statusOf } from '../../src/requests/status-of.ts'
import { createTurns } from '../../src/requests/turns.ts'
import { type Consortium, createConsortium, type TestActor } from './consortium.ts'
import { createPerson, enrolAt, type TestPerson } from './people.ts'

const test = suite<{ world: Consortium; server: FastifyInstance; person: TestPerson }>('signed requests')

test.before.each(async (context) => {
  context.world = await createConsortium()
  context.person = createPerson()
  context.server = fastify()
  context.server.addContentTypeParser('application/cbor', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  context.world.nodes[0]?.privacy.routes(context.server)
})
test.after.each(async ({ world, server }) => {
  await server.close()
  await world.close()
})

const signed = <P, A>(
  world: Consortium,
  actor: TestActor,
  action: Action<P, A>,
  payload: P,
  more: object = {},
) => {
  const node = world.nodes[0]?.institution.id as Uint8Array
  const { networkId } = world.chain
  const { id, inception, sign } = actor
  const sender = { networkId, node, actor: id, inception, sign, nowMs: world.clock.wallMs(), ...more }
  return signRequest(sender, action, payload)
}

const post = async (server: FastifyInstance, body: Uint8Array) => {
  const headers = { 'content-type': 'application/cbor' }
  const response = await server.inject({
    method: 'POST',
    url: '/v1/requests',
    headers,
    payload: Buffer.from(body),
  })
  const isProblem = response.headers['content-type']?.startsWith('application/problem+json') === true
  return {
    status: response.statusCode,
    code: isProblem ? response.json().code : 'ok',
    bytes: response.rawPayload,
  }
}

test('a request is answered once', async ({ world, server, person }) => {
  const body = signed(world, person, keyringWrite, { counter: 1, sealed: Uint8Array.of(7) })
  const first = await post(server, body)
  is(first.status, 200)
  equal(unwrap(decode(keyringWrite.answer, new Uint8Array(first.bytes))), [])
  const again = await post(server, body)
  equal([again.status, again.code], [403, 'request.replayed'])
})

test('what is not the actor’s own fresh request is refused with a status and a code', async (context) => {
  const { world, server, person } = context
  const other = createPerson()
  const cases: readonly [string, Uint8Array, number, string][] = [
    [
      'another network',
      signed(world, person, keyringRead, [], { networkId: new Uint8Array(32) }),
      403,
      'request.network',
    ],
    [
      'old',
      signed(world, person, keyringRead, [], { nowMs: world.clock.wallMs() - 6 * 60_000 }),
      403,
      'request.time',
    ],
    [
      'ahead',
      signed(world, person, keyringRead, [], { nowMs: world.clock.wallMs() + 6 * 60_000 }),
      403,
      'request.time',
    ],
    [
      'another key',
      signed(world, { ...person, sign: other.sign }, keyringRead, []),
      403,
      'request.signature',
    ],
    ['an id of others', signed(world, { ...person, id: other.id }, keyringRead, []), 403, 'identity.unknown'],
    ['no action', signed(world, person, { ...keyringRead, action: 'no.thing' }, []), 404, 'request.action'],
    ['not CBOR', Uint8Array.of(1, 2, 3), 400, 'encoding.malformed'],
    [
      'a payload of another shape',
      signed(world, person, { ...keyringRead, action: 'keyring.write' }, []),
      400,
      'encoding.malformed',
    ],
  ]
  for (const [name, body, status, code] of cases) {
    const response = await post(server, body)
    equal([name, response.status, response.code], [name, status, code])
  }
})

test('another payload under the same statement is refused', async ({ world, server, person }) => {
  const body = signed(world, person, keyringRead, [])
  const changed = body.slice()
  changed[changed.length - 1] = 0x81
  is((await post(server, changed)).status, 403)
  const payload = encode(keyringWrite.payload, { counter: 9, sealed: Uint8Array.of(9) })
  const swapped = encodeSignedRequest({
    statement: new Uint8Array(0),
    signature: new Uint8Array(64),
    payload,
  })
  is((await post(server, swapped)).status, 400)
})

test('requests for another node are passed on, if their action may be', async ({ world, server, person }) => {
  const node = world.nodes[2]?.institution.id
  is((await post(server, signed(world, person, keyringRead, [], { node }))).status, 200)
  const doctor = await enrolAt(world, 2, 'practitioner')
  const local = await post(server, signed(world, doctor, directoryCharts, { person: person.id }, { node }))
  equal([local.status, local.code], [403, 'request.other-node'])
  world.down.add(2)
  const cut = await post(server, signed(world, person, keyringRead, [], { node }))
  equal([cut.status, cut.code], [503, 'network.unreachable'])
})

test('nonces are forgotten only after their span, and bounded', () => {
  const window = createNonceWindow(1000, 8)
  const actor = new Uint8Array(32)
  const take = (nonce: number, nowMs: number) => window.take(actor, Uint8Array.of(nonce), nowMs).ok
  equal([take(1, 10_000), take(1, 10_001), take(2, 10_002), take(3, 10_003)], [true, false, true, false])
  equal([take(1, 11_000), take(3, 11_001), take(1, 12_500)], [false, true, true])
})

test('one actor alone does not fill the window for the others', () => {
  const window = createNonceWindow(1000, 8)
  const codeFor = (actor: number, nonce: number): string => {
    const taken = window.take(new Uint8Array(32).fill(actor), Uint8Array.of(nonce), 10_000)
    return taken.ok ? 'ok' : taken.code
  }
  equal(
    [1, 2, 3].map((nonce) => codeFor(1, nonce)),
    ['ok', 'ok', 'request.busy'],
  )
  const others = [2, 3, 4].flatMap((actor) => [codeFor(actor, 1), codeFor(actor, 2)])
  equal([...others, codeFor(5, 1)], [...Array(6).fill('ok'), 'request.busy'])
})

test('turns let so many through and no more wait than may', async () => {
  const turns = createTurns(1, 1)
  const leave = await turns.enter()
  const second = turns.enter()
  is(await turns.enter(), undefined)
  leave?.()
  leave?.()
  const leaveSecond = await second
  is(typeof leaveSecond, 'function')
  const third = turns.enter()
  leaveSecond?.()
  is(typeof (await third), 'function')
})

test('every kind of refusal has its status', () => {
  const statuses = [
    'consent.none',
    'network.timeout',
    'records.exists',
    'request.busy',
    'import.shape',
    'vault.damaged',
  ]
  equal(statuses.map(statusOf), [403, 503, 409, 429, 400, 500])
})

test.run()
