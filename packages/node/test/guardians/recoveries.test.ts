import {
  type CarriedShare,
  closeRecovery,
  combineRecoverySecret,
  falseSharesOf,
  noticeAcknowledge,
  noticeList,
  openForRecovery,
  type Result,
  recoveries,
  recoveryAttempts,
  recoveryClosingMessage,
  recoveryCollect,
  recoveryEntrust,
  recoveryEntrusted,
  recoveryFind,
  recoveryReady,
  recoveryRegister,
  shareSetsOf,
  TICKETS_SHARE,
  unwrap,
  vetoRecovery,
  vouchForRecovery,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { ENTRUSTED_PER_SPONSOR_MAX } from '../../src/guardians/entrust.ts'
import { RECOVERIES_PER_PERSON_MAX } from '../../src/guardians/register.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { type Consortium, createConsortium, type TestNode } from '../requests/consortium.ts'
import { enrolAt, registerPatient, type TestPerson, transactionOf } from '../requests/people.ts'
import { CONTENT, createKeys, DAY_MS, type Keys, prepareFor } from './prepared-recovery.ts'

const test = suite<{ world: Consortium }>('recoveries')

test.before.each(async (context) => {
  context.world = await createConsortium()
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

const patientAt = async (world: Consortium): Promise<TestPerson> =>
  (await registerPatient(world, 0, ['general'])).person

const passDelay = (world: Consortium, ms = 3 * DAY_MS): void => {
  world.clock.advance(ms + 1000)
  world.chain.beat()
}

type Prepared = Awaited<ReturnType<typeof prepareFor>>

const collectAt = (world: Consortium, { own }: Prepared, ticket: Keys, node: number, via = 3) =>
  world.ask(via, ticket, recoveryCollect, { recoveryId: own.id }, node)

const openCarried = async (
  world: Consortium,
  { own }: Prepared,
  ticket: Keys,
  sealed: Uint8Array,
): Promise<CarriedShare> =>
  unwrap(
    await openForRecovery(
      TICKETS_SHARE,
      {
        networkId: world.chain.networkId,
        recoveryId: own.id,
        recipient: ticket.inception.sealingKey,
      },
      ticket.sealingSecret,
      sealed,
    ),
  )

test('guardians approve, the delay passes, custodians note it on the chain and release; the key comes out', async ({
  world,
}) => {
  const recovery = await prepareFor(world, await patientAt(world), 3)
  is(codeOf(recovery.registered), 'ok')
  await recovery.hand()
  const ticket = createKeys()
  const [first = 0, second = 0] = recovery.custodianNodes
  is(codeOf(await collectAt(world, recovery, ticket, first)), 'recover.not-open')
  is(await recovery.approve(0, ticket), 'ok')
  is(await recovery.approve(2, ticket), 'ok')
  is(codeOf(await collectAt(world, recovery, ticket, first)), 'recover.early')
  passDelay(world)
  is(codeOf(await collectAt(world, recovery, createKeys(), first)), 'recover.other-ticket')
  const forged = { ...ticket, sign: createKeys().sign }
  is(codeOf(await collectAt(world, recovery, forged, first)), 'request.signature')
  is(codeOf(await collectAt(world, recovery, ticket, 0)), 'recover.no-share', 'the sponsor keeps none')
  const attempt = () => world.chain.head().view.get(recoveryAttempts, recovery.own.id)
  equal(attempt()?.releases, [])
  const one = unwrap(await collectAt(world, recovery, ticket, first))
  equal(attempt()?.releases, [world.chain.institutions[first]?.id])
  const two = unwrap(await collectAt(world, recovery, ticket, second))
  unwrap(await collectAt(world, recovery, ticket, second))
  is(attempt()?.releases.length, 2, 'a second time nothing is noted again')
  ok(Buffer.from(one.content).equals(CONTENT))
  const open = (sealed: Uint8Array) => openCarried(world, recovery, ticket, sealed)
  const given = { guardians: await Promise.all(one.given.map(open)), custodians: [await open(one.share)] }
  is(codeOf(await combineRecoverySecret(recovery.terms, given, nodeCiphers)), 'share.too-few')
  given.custodians.push(await open(two.share))
  const secret = unwrap(await combineRecoverySecret(recovery.terms, given, nodeCiphers))
  ok(Buffer.from(secret).equals(recovery.own.sealingSecret))
  const onlyOne = { ...given, guardians: given.guardians.slice(0, 1) }
  is(codeOf(await combineRecoverySecret(recovery.terms, onlyOne, nodeCiphers)), 'share.too-few')
})

test('a guardian’s tampered share is found and named', async ({ world }) => {
  const recovery = await prepareFor(world, await patientAt(world), 2)
  await recovery.hand()
  const ticket = createKeys()
  is(await recovery.approve(0, ticket), 'ok')
  is(await recovery.approve(1, ticket, (share) => share.map((byte) => byte ^ 1)), 'ok')
  passDelay(world)
  const { given } = unwrap(await collectAt(world, recovery, ticket, recovery.custodianNodes[0] ?? 0))
  const guardians = await Promise.all(given.map((sealed) => openCarried(world, recovery, ticket, sealed)))
  equal(falseSharesOf(shareSetsOf(recovery.terms).guardians, guardians), [1])
  const combined = await combineRecoverySecret(recovery.terms, { guardians, custodians: [] }, nodeCiphers)
  is(codeOf(combined), 'share.false')
})

test('a vetoed recovery releases nothing, whatever the time', async ({ world }) => {
  const recovery = await prepareFor(world, await patientAt(world), 2)
  await recovery.hand()
  const ticket = createKeys()
  await recovery.approve(0, ticket)
  await recovery.approve(1, ticket)
  const veto = { recoveryId: recovery.own.id, guardian: undefined }
  unwrap(
    await world.chain.submit(
      transactionOf(world, recovery.own, vetoRecovery.kind, vetoRecovery.payload, veto),
    ),
  )
  passDelay(world, 10 * DAY_MS)
  for (const node of recovery.custodianNodes)
    is(codeOf(await collectAt(world, recovery, ticket, node)), 'recover.vetoed')
})

test('a closed recovery releases nothing, and its keepers destroy what they have', async ({ world }) => {
  const recovery = await prepareFor(world, await patientAt(world), 2)
  await recovery.hand()
  const ticket = createKeys()
  await recovery.approve(0, ticket)
  await recovery.approve(1, ticket)
  passDelay(world)
  const { networkId } = world.chain
  const closing = {
    recoveryId: recovery.own.id,
    byTicket: ticket.sign(recoveryClosingMessage(networkId, recovery.own.id)),
  }
  const close = transactionOf(world, recovery.own, closeRecovery.kind, closeRecovery.payload, closing)
  unwrap(await world.chain.submit(close))
  const node = recovery.custodianNodes[0] ?? 0
  is(codeOf(await collectAt(world, recovery, ticket, node)), 'recover.closed')
  equal(unwrap(await world.ask(1, recovery.guardians[0] as TestPerson, recoveryEntrusted, [])), [])
  const prefix = new TextEncoder().encode('recovery/')
  const held = () => (world.nodes[node] as TestNode).vault.list('index', prefix).length
  ok(held() > 0)
  await (world.nodes[node] as TestNode).privacy.sweepRecoveries()
  is(held(), 0)
})

test('a custodian takes only the share that the chain commits to, and only newer content', async ({
  world,
}) => {
  const recovery = await prepareFor(world, await patientAt(world), 0)
  const [share, other] = recovery.shares.custodians.shares as [Uint8Array, Uint8Array]
  const node = recovery.custodianNodes[0]
  const isReady = () => world.ask(0, recovery.own, recoveryReady, [], node)
  is(codeOf(await isReady()), 'recover.no-share')
  is(codeOf(await recovery.deposit(0, other)), 'recover.share', 'another custodian’s share')
  is(codeOf(await recovery.deposit(0, share, 3)), 'ok')
  is(codeOf(await recovery.deposit(0, undefined, 3)), 'recover.stale')
  is(codeOf(await recovery.deposit(0, undefined, 4)), 'ok')
  is(unwrap(await isReady()).counter, 4)
})

test('the sponsor knows whose recovery it registered, and tells its staff alone', async ({ world }) => {
  const person = await patientAt(world)
  const stranger = await patientAt(world)
  const recovery = await prepareFor(world, person, 0)
  ok(world.chain.head().view.get(recoveries, recovery.own.id))
  const staff = await enrolAt(world, 0, 'practitioner')
  const elsewhere = await enrolAt(world, 1, 'practitioner')
  const found = unwrap(await world.ask(0, staff, recoveryFind, { person: person.id }))
  ok(found && Buffer.from(found).equals(recovery.own.id))
  is(unwrap(await world.ask(0, staff, recoveryFind, { person: stranger.id })), undefined)
  is(codeOf(await world.ask(0, elsewhere, recoveryFind, { person: person.id })), 'consent.none')
})

test('a custodian whose own clock has not seen the delay pass releases nothing', async ({ world }) => {
  const recovery = await prepareFor(world, await patientAt(world), 2)
  await recovery.hand()
  const ticket = createKeys()
  await recovery.approve(0, ticket)
  await recovery.approve(1, ticket)
  passDelay(world)
  world.clock.advance(-DAY_MS)
  const node = recovery.custodianNodes[0] ?? 0
  is(codeOf(await collectAt(world, recovery, ticket, node)), 'recover.early')
  world.clock.advance(DAY_MS)
  is(codeOf(await collectAt(world, recovery, ticket, node)), 'ok')
})

test('the person is told that somebody asks for a recovery, in time to veto it', async ({ world }) => {
  const person = await patientAt(world)
  const stranger = await patientAt(world)
  const recovery = await prepareFor(world, person, 2)
  await recovery.hand()
  const told = async (actor: TestPerson) => unwrap(await world.ask(1, actor, noticeList, [], 0))
  const ticket = createKeys()
  await recovery.approve(0, ticket)
  equal(await told(person), [], 'one guardian announces nothing')
  await recovery.approve(1, ticket)
  const [notice, ...more] = await told(person)
  equal([notice?.kind, notice?.reference, more.length], ['recovery.announced', recovery.own.id, 0])
  equal(await told(stranger), [])
  unwrap(await world.ask(0, person, noticeAcknowledge, { ids: [notice?.id as Uint8Array] }))
  equal(await told(person), [])
  const veto = { recoveryId: recovery.own.id, guardian: undefined }
  const { kind, payload } = vetoRecovery
  unwrap(await world.chain.submit(transactionOf(world, recovery.own, kind, payload, veto)))
  const vouching = { recoveryId: recovery.own.id, ticket: ticket.inception }
  const { id, sign } = world.chain.institutions[0] as (typeof world.chain.institutions)[number]
  const { kind: vouch, payload: schema } = vouchForRecovery
  unwrap(await world.chain.submit(transactionOf(world, { id, sign }, vouch, schema, vouching)))
  equal(
    (await told(person)).map((each) => each.kind),
    ['recovery.overruled'],
  )
})

test('nobody takes a recovery for their own that another person registered', async ({ world }) => {
  const person = await patientAt(world)
  const thief = await patientAt(world)
  const { own, registration } = await prepareFor(world, person, 0)
  // All of it stands on the chain, signatures too.
  is(codeOf(await world.ask(0, thief, recoveryRegister, { registration })), 'recover.exists')
  is(codeOf(await world.ask(0, person, recoveryRegister, { registration })), 'ok', 'sent again')
  const staff = await enrolAt(world, 0, 'practitioner')
  is(unwrap(await world.ask(0, staff, recoveryFind, { person: thief.id })), undefined)
  const found = unwrap(await world.ask(0, staff, recoveryFind, { person: person.id }))
  ok(found && Buffer.from(found).equals(own.id))
})

test('recoveries of one person, and shares that one sponsor’s people entrust, have a limit', async ({
  world,
}) => {
  const person = await patientAt(world)
  const guardian = await enrolAt(world, 1, 'guardian')
  const entrust = (own: Keys) =>
    world.ask(0, own, recoveryEntrust, { guardian: guardian.id, sealed: Uint8Array.of(1) }, 1)
  const entrusted: Keys[] = []
  for (let made = 0; made < RECOVERIES_PER_PERSON_MAX; made++) {
    const recovery = await prepareFor(world, person, 0)
    is(codeOf(recovery.registered), 'ok')
    is(codeOf(await entrust(recovery.own)), 'ok')
    entrusted.push(recovery.own)
  }
  is(codeOf((await prepareFor(world, person, 0)).registered), 'recover.too-many')
  while (entrusted.length < ENTRUSTED_PER_SPONSOR_MAX) {
    const recovery = await prepareFor(world, await patientAt(world), 0)
    is(codeOf(await entrust(recovery.own)), 'ok')
    entrusted.push(recovery.own)
  }
  const { own } = await prepareFor(world, await patientAt(world), 0)
  is(codeOf(await entrust(own)), 'recover.too-many')
  is(codeOf(await entrust(entrusted[0] as Keys)), 'ok', 'in place of what is there')
  const listed = unwrap(await world.ask(1, guardian, recoveryEntrusted, []))
  is(listed.length, ENTRUSTED_PER_SPONSOR_MAX)
})

test.run()
