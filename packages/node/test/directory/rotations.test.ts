import {
  accountIdFromInception,
  type Inception,
  keyringRead,
  keyringWrite,
  type PersonHistory,
  personFind,
  personHistory,
  personRotate,
  type Result,
  signRotation,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signRequest } from '../../src/requests/sign-request.ts'
import { type Consortium, createConsortium, type TestActor } from '../requests/consortium.ts'
import { createPerson, enrolAt, registerPatient, type TestPerson } from '../requests/people.ts'

const test = suite<{ world: Consortium }>('rotations of people off the chain')

test.before.each(async (context) => {
  context.world = await createConsortium()
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

/** The person under other keys than the first. */
const asPerson = (person: TestPerson, keys: TestPerson): TestActor => ({
  id: person.id,
  inception: person.inception as Inception,
  sign: keys.sign,
})

const step = (world: Consortium, person: TestPerson, from: TestPerson, to: TestPerson, sequence: number) =>
  signRotation(
    { networkId: world.chain.networkId, person: person.id, sequence, next: to.inception as Inception },
    from.sign,
    to.sign,
  )

const keyringOf = (world: Consortium, person: TestPerson, keys: TestPerson, text: string, counter = 1) =>
  signRequest(
    {
      networkId: world.chain.networkId,
      node: world.chain.institutions[0]?.id as Uint8Array,
      actor: person.id,
      inception: person.inception,
      sign: keys.sign,
      nowMs: world.clock.wallMs(),
    },
    keyringWrite,
    { counter, sealed: Uint8Array.from(Buffer.from(text)) },
  )

const rotateTo = (
  world: Consortium,
  newest: TestPerson,
  history: PersonHistory,
  keyring: Uint8Array,
  { via = 0, at = 0 } = {},
) => world.ask(via, newest, personRotate, { history, keyring }, at)

const readKeyring = async (world: Consortium, via: number, actor: TestActor): Promise<string> => {
  const answer = await world.ask(via, actor, keyringRead, [])
  return answer.ok ? Buffer.from(answer.value.sealed ?? []).toString() : answer.code
}

const rotated = async (world: Consortium) => {
  const { person } = await registerPatient(world, 0, ['general'])
  const next = createPerson()
  unwrap(await world.ask(0, person, keyringWrite, { counter: 7, sealed: Uint8Array.of(1) }))
  const history = {
    inception: person.inception as Inception,
    rotations: [step(world, person, person, next, 1)],
  }
  return { person, next, history, keyring: keyringOf(world, person, next, 'new') }
}

test('the new keys take over everywhere; the old ones and the old keyring are refused and gone', async ({
  world,
}) => {
  const { person, next, history, keyring } = await rotated(world)
  await world.nodes[0]?.privacy.retry()
  is(codeOf(await rotateTo(world, next, history, keyring, { via: 2 })), 'ok')
  is(codeOf(await rotateTo(world, next, history, keyring)), 'ok', 'once more changes nothing')
  await world.nodes[0]?.privacy.retry()
  await world.restart(1)
  for (const via of [0, 1, 2, 3]) {
    is(await readKeyring(world, via, person), 'identity.rotated')
    is(
      await readKeyring(world, via, asPerson(person, next)),
      'new',
      'though the old one had a higher counter',
    )
    const written = await world.ask(via, person, keyringWrite, { counter: 99, sealed: Uint8Array.of(2) })
    is(codeOf(written), 'identity.rotated')
  }
  const found = unwrap(await world.ask(1, next, personFind, []))
  is(Buffer.from(accountIdFromInception(found?.inception as Inception)).equals(Buffer.from(person.id)), true)
})

const REFUSED: readonly [
  string,
  string,
  (world: Consortium, made: Awaited<ReturnType<typeof rotated>>) => Promise<Result<unknown>>,
][] = [
  [
    'of a person whom the institution did not register',
    'directory.unknown',
    (world, { next, history, keyring }) => rotateTo(world, next, history, keyring, { at: 1, via: 1 }),
  ],
  [
    'that the present key did not sign',
    'identity.rotation',
    (world, { person, next, history, keyring }) =>
      rotateTo(
        world,
        next,
        { ...history, rotations: [step(world, person, createPerson(), next, 1)] },
        keyring,
      ),
  ],
  [
    'with a keyring that the old key signed',
    'identity.rotated',
    (world, { person, next, history }) =>
      rotateTo(world, next, history, keyringOf(world, person, person, 'old')),
  ],
  [
    'with another person’s keyring',
    'keyring.other',
    (world, { next, history }) => {
      const other = createPerson()
      return rotateTo(world, next, history, keyringOf(world, other, next, 'other'))
    },
  ],
]

for (const [description, expected, attempt] of REFUSED) {
  test(`a rotation ${description} is refused and changes nothing`, async ({ world }) => {
    const made = await rotated(world)
    const { person } = made
    is(codeOf(await attempt(world, made)), expected)
    is(await readKeyring(world, 0, person), '\u0001')
  })
}

test('of two rotations by the same key the first stands', async ({ world }) => {
  const { person, next, history, keyring } = await rotated(world)
  unwrap(await rotateTo(world, next, history, keyring))
  const thief = createPerson()
  const theirs = { ...history, rotations: [step(world, person, person, thief, 1)] }
  is(
    codeOf(await rotateTo(world, thief, theirs, keyringOf(world, person, thief, 'thief', 1000))),
    'identity.rotated',
  )
  is(await readKeyring(world, 0, asPerson(person, next)), 'new')
  equal(unwrap(await world.ask(0, thief, personFind, [])), undefined)
})

test('what a member passes on that nobody asked it for, or of somebody else’s people, is not taken', async ({
  world,
}) => {
  const { person, next, history, keyring } = await rotated(world)
  await world.nodes[0]?.privacy.retry()
  const thief = createPerson()
  const theirs = { ...history, rotations: [step(world, person, person, thief, 1)] }
  const idOf = (at: number) => world.chain.institutions[at]?.id as Uint8Array
  const signedFor = (
    at: number,
    newest: TestPerson,
    payload: { history: PersonHistory; keyring: Uint8Array },
  ) => {
    const { networkId } = world.chain
    const sender = {
      networkId,
      node: idOf(at),
      actor: newest.id,
      inception: newest.inception,
      sign: newest.sign,
    }
    return signRequest({ ...sender, nowMs: world.clock.wallMs() }, personRotate, payload)
  }
  const passOn = async (bytes: Uint8Array, to: number) => {
    const exchange = world.nodes[2]?.privacy.exchange
    const receipt = await exchange?.call(idOf(to), { type: 'store-signed', bytes }, 'receipt')
    return receipt?.ok ? 'ok' : receipt?.code
  }
  const stolen = { history: theirs, keyring: keyringOf(world, person, thief, 'thief', 1000) }
  // The corrupt member at 2 has the old words, and to the institution that registered the person it is nobody.
  is(await passOn(signedFor(2, thief, stolen), 0), 'rotation.giver')
  is(await readKeyring(world, 0, person), '\u0001', 'the first keys stand')
  is(await passOn(signedFor(0, thief, stolen), 1), 'rotation.giver', 'asked of another than who passes it on')
  is(await passOn(signedFor(2, createPerson(), stolen), 1), 'rotation.giver', 'not signed by the new keys')
  unwrap(await rotateTo(world, next, history, keyring))
  await world.nodes[0]?.privacy.retry()
  for (const via of [0, 1, 3]) is(await readKeyring(world, via, asPerson(person, next)), 'new')
})

test('a node that was away serves the new keys by asking, and then refuses the old ones', async ({
  world,
}) => {
  const { person, next, history, keyring } = await rotated(world)
  world.down.add(3)
  unwrap(await rotateTo(world, next, history, keyring))
  await world.nodes[0]?.privacy.retry()
  world.down.clear()
  world.down.add(0)
  const found = unwrap(await world.ask(3, next, personFind, []))
  equal(found?.rotations.length, 1)
  is(await readKeyring(world, 3, asPerson(person, next)), 'new', 'the sponsor is not needed')
  is(await readKeyring(world, 3, person), 'identity.rotated')
})

test('keys that were new once are told that others followed', async ({ world }) => {
  const { person, next, history, keyring } = await rotated(world)
  unwrap(await rotateTo(world, next, history, keyring))
  const third = createPerson()
  const onwards = { ...history, rotations: [...history.rotations, step(world, person, next, third, 2)] }
  unwrap(await rotateTo(world, third, onwards, keyringOf(world, person, third, 'third')))
  await world.nodes[0]?.privacy.retry()
  for (const via of [0, 2]) {
    is(codeOf(await world.ask(via, next, personFind, [])), 'identity.rotated')
    is(await readKeyring(world, via, asPerson(person, next)), 'identity.rotated')
    is(await readKeyring(world, via, asPerson(person, third)), 'third')
  }
})

test('public keys of a person are told to accounts that know the whole id', async ({ world }) => {
  const { person, next, history, keyring } = await rotated(world)
  const doctor = await enrolAt(world, 0, 'practitioner')
  const ask = (actor: TestActor) => world.ask(0, actor, personHistory, { person: person.id })
  equal(unwrap(await ask(doctor))?.rotations.length, 0)
  unwrap(await rotateTo(world, next, history, keyring))
  equal(unwrap(await ask(doctor))?.rotations.length, 1)
  is(codeOf(await ask(createPerson())), 'directory.denied')
})

test.run()
