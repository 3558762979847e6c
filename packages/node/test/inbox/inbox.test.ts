import {
  type AccessSending,
  accessAnswer,
  accessBlock,
  accessDeliver,
  accessKey,
  accessList,
  accessSend,
  accessUnblock,
  answerKeyOf,
  answerLockOf,
  keyringWrite,
  type Result,
  setStatus,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { signRequest } from '../../src/requests/sign-request.ts'
import { type Consortium, createConsortium, type TestActor } from '../requests/consortium.ts'
import { createPerson, enrolAt, registerPatient, type TestPerson, transactionOf } from '../requests/people.ts'

interface World {
  world: Consortium
  doctor: TestPerson
  maria: TestPerson
}

const test = suite<World>('requests for access')
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const [HOME, WORK] = [0, 1]

test.before.each(async (context) => {
  context.world = await createConsortium()
  context.doctor = await enrolAt(context.world, WORK, 'practitioner')
  context.maria = (await registerPatient(context.world, HOME, ['general'])).person
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)
const flush = async (world: Consortium): Promise<void> => {
  for (const { privacy } of world.nodes) await privacy.retry()
}

const secret = nodeCiphers.randomBytes(32)
const sendingTo = (world: Consortium, subject: Uint8Array, more: Partial<AccessSending> = {}) => ({
  requestId: nodeCiphers.randomBytes(16),
  subject,
  sealed: Uint8Array.of(1),
  copy: Uint8Array.of(2),
  lock: answerLockOf(answerKeyOf(secret)),
  expiresMs: world.clock.wallMs() + 7 * DAY_MS,
  ...more,
})

const listOf = async (world: Consortium, at: number, actor: TestActor) =>
  unwrap(await world.ask(at, actor, accessList, []))

test('a request reaches the patient’s home and no other, and the answer comes back', async ({
  world,
  doctor,
  maria,
}) => {
  const sending = sendingTo(world, maria.id)
  unwrap(await world.ask(WORK, doctor, accessSend, sending))
  await flush(world)
  for (const [at, count] of [1, 0, 0, 0].entries())
    is((await listOf(world, at, maria)).requests.length, count, `node ${at}`)
  const [received] = (await listOf(world, HOME, maria)).requests
  equal(received?.sealed, sending.sealed)
  const answer = { requestId: sending.requestId, answerKey: answerKeyOf(secret), sealed: Uint8Array.of(3) }
  is(codeOf(await world.ask(HOME, createPerson(), accessAnswer, answer)), 'requests.unknown')
  unwrap(await world.ask(HOME, maria, accessAnswer, answer))
  await flush(world)
  is((await listOf(world, HOME, maria)).requests.length, 0)
  const [sent] = (await listOf(world, WORK, doctor)).requests
  equal([sent?.answer, sent?.sealed, sent?.direction], [Uint8Array.of(3), sending.copy, 'sent'])
  is((await listOf(world, WORK, await enrolAt(world, WORK, 'practitioner'))).requests.length, 0)
})

test('an answer of somebody who never opened the request changes nothing', async ({
  world,
  doctor,
  maria,
}) => {
  const sending = sendingTo(world, maria.id)
  unwrap(await world.ask(WORK, doctor, accessSend, sending))
  await flush(world)
  const answerKey = answerKeyOf(nodeCiphers.randomBytes(32))
  const false_ = { requestId: sending.requestId, answerKey, sealed: Uint8Array.of(9) }
  unwrap(await world.ask(HOME, maria, accessAnswer, false_))
  await flush(world)
  is((await listOf(world, WORK, doctor)).requests[0]?.answer, undefined)
})

test('nothing tells whether the subject is known: same answers, a key of its own, pending', async ({
  world,
  doctor,
  maria,
}) => {
  unwrap(await world.ask(HOME, maria, keyringWrite, { counter: 1, sealed: Uint8Array.of(1) }))
  await flush(world)
  const nobody = createPerson()
  const keyOf = async (subject: Uint8Array) =>
    unwrap(await world.ask(WORK, doctor, accessKey, { subject })).sealingKey
  equal(await keyOf(maria.id), maria.inception?.sealingKey)
  const decoy = await keyOf(nobody.id)
  is(decoy.length, 32)
  equal(await keyOf(nobody.id), decoy)
  not.equal(decoy, nobody.inception?.sealingKey)
  for (const subject of [maria.id, nobody.id]) {
    equal(unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, subject))), [])
  }
  await flush(world)
  const { requests } = await listOf(world, WORK, doctor)
  equal(
    requests.map(({ answer }) => answer),
    [undefined, undefined],
  )
})

test('only active staff and researchers ask, at their own node', async ({ world, doctor, maria }) => {
  const device = await enrolAt(world, WORK, 'device')
  for (const actor of [maria, device, createPerson(), await enrolAt(world, 2, 'practitioner')]) {
    is(codeOf(await world.ask(WORK, actor, accessSend, sendingTo(world, maria.id))) === 'ok', false)
    is(codeOf(await world.ask(WORK, actor, accessKey, { subject: maria.id })), 'requests.not-staff')
  }
  const work = world.chain.institutions[WORK] as TestActor
  unwrap(await world.ask(WORK, work, accessSend, sendingTo(world, maria.id)))
  const suspend = { account: doctor.id, status: 'suspended' as const }
  unwrap(await world.chain.submit(transactionOf(world, work, setStatus.kind, setStatus.payload, suspend)))
  is(codeOf(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id))) === 'ok', false)
})

test('bounds: of one pair, of one requester, of an hour; and how long one lasts', async ({
  world,
  doctor,
  maria,
}) => {
  const send = async (more: Partial<AccessSending> = {}) =>
    codeOf(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id, more)))
  const nowMs = world.clock.wallMs()
  for (const expiresMs of [nowMs, nowMs + HOUR_MS - 1, nowMs + 91 * DAY_MS])
    is(await send({ expiresMs }), 'requests.expiry')
  equal([await send(), await send(), await send(), await send()], ['ok', 'ok', 'ok', 'requests.limit'])
  const toStrangers = async (count: number): Promise<string> => {
    let last = ''
    for (let at = 0; at < count; at++) last = await send({ subject: nodeCiphers.randomBytes(32) })
    return last
  }
  is(await toStrangers(57), 'ok')
  is(await toStrangers(1), 'request.busy')
  world.clock.advance(HOUR_MS + 1)
  is(await toStrangers(40), 'ok')
  is(await toStrangers(1), 'requests.limit')
  await world.restart(WORK)
  is(await toStrangers(1), 'requests.limit')
  world.clock.advance(8 * DAY_MS)
  is(await toStrangers(1), 'ok')
})

test('what is above the bounds of a patient’s inbox is dropped in silence', async ({ world, maria }) => {
  for (let each = 0; each < 11; each++) {
    const one = await enrolAt(world, WORK, 'practitioner')
    for (let at = 0; at < 3; at++) {
      is(codeOf(await world.ask(WORK, one, accessSend, sendingTo(world, maria.id))), 'ok')
    }
  }
  await flush(world)
  is((await listOf(world, HOME, maria)).requests.length, 30)
})

test('another institution fills a home neither with letters that have expired, nor with many at once', async ({
  world,
  maria,
}) => {
  const [home, work] = [world.nodes[HOME], world.nodes[WORK]]
  const institution = work?.institution as TestActor
  const carry = async (expiresMs: number): Promise<void> => {
    const delivery = {
      requestId: nodeCiphers.randomBytes(16),
      subject: maria.id,
      sender: nodeCiphers.randomBytes(32),
      sealed: Uint8Array.of(1),
      createdMs: world.clock.wallMs(),
      expiresMs,
    }
    const node = home?.institution.id as Uint8Array
    const { id: actor, sign } = institution
    const statement = {
      networkId: world.chain.networkId,
      node: actor,
      actor,
      sign,
      nowMs: world.clock.wallMs(),
    }
    const letter = { type: 'carry-letter', bytes: signRequest(statement, accessDeliver, delivery) } as const
    unwrap((await work?.privacy.exchange.call(node, letter, 'receipt')) as Result<unknown>)
  }
  const nowMs = world.clock.wallMs()
  const kept = (): number =>
    [...(home?.vault.values.keys() ?? [])].filter((name) => name.startsWith('index 61736b732f')).length
  await Promise.all([nowMs, nowMs - DAY_MS, nowMs + 91 * DAY_MS].map(carry))
  is(kept(), 0)
  await Promise.all(Array.from({ length: 40 }, () => carry(nowMs + DAY_MS)))
  is(kept(), 30)
})

test('what has ended makes room for what is asked anew', async ({ world, doctor }) => {
  let expiresMs = 0
  for (let hour = 0; hour < 6; hour++) {
    world.clock.advance(2 * HOUR_MS)
    expiresMs = world.clock.wallMs() + HOUR_MS
    for (let each = 0; each < 60; each++) {
      const subject = nodeCiphers.randomBytes(32)
      is(codeOf(await world.ask(WORK, doctor, accessSend, sendingTo(world, subject, { expiresMs }))), 'ok')
    }
  }
  const { requests } = await listOf(world, WORK, doctor)
  equal([requests.length, requests.at(-1)?.expiresMs], [300, expiresMs])
})

test('a blocked requester hears nothing, and is heard again once unblocked', async ({
  world,
  doctor,
  maria,
}) => {
  const other = await enrolAt(world, WORK, 'practitioner')
  const first = sendingTo(world, maria.id)
  for (const sending of [first, sendingTo(world, maria.id)])
    unwrap(await world.ask(WORK, doctor, accessSend, sending))
  unwrap(await world.ask(WORK, other, accessSend, sendingTo(world, maria.id)))
  await flush(world)
  const note = Uint8Array.of(7)
  unwrap(await world.ask(HOME, maria, accessBlock, { requestId: first.requestId, note }))
  const { requests, blocks } = await listOf(world, HOME, maria)
  equal([requests.length, blocks.map((block) => block.note)], [1, [note]])
  unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id)))
  await flush(world)
  is((await listOf(world, HOME, maria)).requests.length, 1)
  is((await listOf(world, WORK, doctor)).requests.length, 3)
  const { institution, sender } = blocks[0] as (typeof blocks)[number]
  unwrap(await world.ask(HOME, maria, accessUnblock, { institution, sender }))
  world.clock.advance(8 * DAY_MS)
  unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id)))
  await flush(world)
  is((await listOf(world, HOME, maria)).requests.length, 1)
})

test('expired requests are gone from the home, and later from the requester’s node', async ({
  world,
  doctor,
  maria,
}) => {
  unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id)))
  await flush(world)
  const names = (at: number) =>
    [...(world.nodes[at]?.vault.values.keys() ?? [])].filter((name) =>
      /^index (61736b73|61736b6564)/.test(name),
    ).length
  equal([names(HOME), names(WORK)], [1, 1])
  world.clock.advance(7 * DAY_MS + 1)
  is((await listOf(world, HOME, maria)).requests.length, 0)
  for (const { privacy } of world.nodes) await privacy.sweep()
  equal([names(HOME), names(WORK)], [0, 1])
  world.clock.advance(30 * DAY_MS)
  for (const { privacy } of world.nodes) await privacy.sweep()
  equal([names(HOME), names(WORK)], [0, 0])
})

test('a home that is away gets the request later; one that expired meanwhile is not carried', async ({
  world,
  doctor,
  maria,
}) => {
  world.down.add(HOME)
  unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id)))
  await flush(world)
  await world.restart(WORK)
  world.down.clear()
  await flush(world)
  is((await listOf(world, HOME, maria)).requests.length, 1)
  world.down.add(HOME)
  const soon = { expiresMs: world.clock.wallMs() + 2 * HOUR_MS }
  unwrap(await world.ask(WORK, doctor, accessSend, sendingTo(world, maria.id, soon)))
  await flush(world)
  world.clock.advance(3 * HOUR_MS)
  is(await world.nodes[WORK]?.privacy.retry(), 0)
  world.down.clear()
  ok((await listOf(world, HOME, maria)).requests.length === 1)
})

test.run()
