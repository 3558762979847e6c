import { chartEpochs, equalBytes, positionKey, setStatus } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { NodeClient } from '../../src/client/node-client.ts'
import { createTransactionBody, signTransaction } from '../../src/client/signed-transaction.ts'
import { findDueCharts, finishRotations } from '../../src/rotating/finish-rotations.ts'
import { finishPrepared, prepareKeys, rotateCharts } from '../../src/rotating/rotate-charts.ts'
import { mergeKeyrings } from '../../src/wallet/merge-keyrings.ts'
import { preparedKeysOf } from '../../src/wallet/prepared-keys.ts'
import type { Session } from '../../src/wallet/session.ts'
import { chartOf, createPatientBed, type PatientBed } from './patient-bed.ts'

const test = suite<{ bed: PatientBed }>('rotation of charts')

test.before.each(async (context) => {
  context.bed = await createPatientBed()
})
test.after.each(({ bed }) => bed.close())

const numbers = (epochs: readonly { readonly epoch: number }[]) => epochs.map(({ epoch }) => epoch)
const quiet = () => undefined
const finish = (session: Session) => finishRotations(session, quiet)
const epochs = (session: Session) => numbers(chartOf(session).epochs)

test('who remains has all epochs, who was revoked none of the later ones', async ({ bed }) => {
  const [stays, goes] = [await bed.enrol('stays'), await bed.enrol('goes')]
  const session = await bed.session()
  const kept = await bed.give(session, stays)
  const ended = await bed.give(session, goes)
  await bed.revoke(session, ended.grantId)
  const outcomes = await rotateCharts(session, [chartOf(session).chartId])
  equal(
    outcomes.map(({ error }) => error),
    [undefined],
  )
  equal([bed.epochOnChain(session), epochs(session)], [1, [0, 1]])
  equal(numbers(await bed.handed(stays, kept.grantId)), [0, 1])
  equal(
    numbers(await bed.handed(goes, ended.grantId)),
    [0],
    'the newest envelope of the revoked one is the old one',
  )
  for (const { epoch, secret } of await bed.handed(stays, kept.grantId)) {
    const key = bed.node.chain.view.get(chartEpochs, chartOf(session).chartId, positionKey(epoch))?.epochKey
    ok(key && equalBytes(nodeCiphers.x25519Public(secret), key))
  }
  equal(preparedKeysOf(session.keyring.current()), [])
  const late = await bed.enrol('late')
  const { grantId } = await bed.give(session, late)
  equal(numbers(await bed.handed(late, grantId)), [0, 1], 'a new grant opens what came before')
  equal(await finish(session), [], 'nothing is left to do')
})

test('an end that nobody revoked is sealed by the next command, once', async ({ bed }) => {
  const [stays, goes] = [await bed.enrol('stays'), await bed.enrol('goes')]
  const session = await bed.session()
  const kept = await bed.give(session, stays)
  await bed.give(session, goes, { untilMs: bed.now.ms + 5000 })
  equal(await finish(session), [])
  bed.now.ms += 10_000
  const later = await bed.session()
  equal((await finish(later)).length, 1)
  equal([bed.epochOnChain(later), numbers(await bed.handed(stays, kept.grantId))], [1, [0, 1]])
  equal((await finish(await bed.session())).length, 0)
})

test('what gave no epoch away needs no new one', async ({ bed }) => {
  const doctor = await bed.enrol('doctor')
  const session = await bed.session()
  const terms = [
    await bed.give(session, doctor, { mode: 'write' }),
    await bed.give(session, doctor, { isDeny: true }),
  ]
  for (const { grantId } of terms) await bed.revoke(session, grantId)
  equal(await finish(session), [])
  is(bed.epochOnChain(session), 0)
})

test('nothing is sealed to whom the institution suspended, nor to whom the patient forbade it', async ({
  bed,
}) => {
  const [suspended, forbidden, goes] = [
    await bed.enrol('suspended'),
    await bed.enrol('forbidden'),
    await bed.enrol('goes'),
  ]
  const session = await bed.session()
  const grants = []
  for (const person of [suspended, forbidden]) grants.push(await bed.give(session, person))
  await bed.give(session, forbidden, { isDeny: true })
  const { institution, networkId } = bed.node.chain
  const sponsor = {
    id: institution.id,
    inception: undefined,
    sign: (message: Uint8Array) => nodeCiphers.ed25519Sign(institution.seed, message),
  }
  const { kind, payload: schema } = setStatus
  const payload = { account: suspended.id, status: 'suspended' as const }
  const body = createTransactionBody({
    networkId,
    sender: sponsor.id,
    kind,
    schema,
    payload,
    timeMs: bed.now.ms,
  })
  await bed.client().submit(signTransaction(body, [sponsor]), true)
  const { grantId } = await bed.give(session, goes)
  await bed.revoke(session, grantId)
  equal(
    (await finish(session)).map(({ error }) => error),
    [undefined],
  )
  equal(bed.epochOnChain(session), 1)
  for (const [index, person] of [suspended, forbidden].entries())
    equal(numbers(await bed.handed(person, grants[index]?.grantId as Uint8Array)), [0])
})

test('a node that takes no keyring gets no new epoch; the next command brings it', async ({ bed }) => {
  const goes = await bed.enrol('goes')
  const session = await bed.session()
  const { grantId } = await bed.give(session, goes)
  await bed.revoke(session, grantId)
  bed.node.isAway = true
  const [outcome] = await rotateCharts(session, [chartOf(session).chartId])
  is(outcome?.error?.code, 'node.unreachable')
  is(bed.epochOnChain(session), 0)
  bed.node.isAway = false
  const next = await bed.session()
  equal(
    (await finish(next)).map(({ error }) => error),
    [undefined],
  )
  equal([bed.epochOnChain(next), epochs(next)], [1, [0, 1]])
})

class Death extends Error {}

const onDeath = (error: unknown): void => {
  if (!(error instanceof Death)) throw error
}

/** A client of a process that dies at its n-th step towards the node: before it has an effect, or after. */
const dyingClient = (client: NodeClient, at: number, isAfter: boolean) => {
  const state = { steps: 0, isDead: false }
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state.isDead) throw new Death()
    const isLast = state.steps++ === at
    if (isLast && !isAfter) state.isDead = true
    if (state.isDead) throw new Death()
    const result = await work()
    if (isLast) state.isDead = true
    if (state.isDead) throw new Death()
    return result
  }
  const dying: NodeClient = {
    ...client,
    submit: (...rest) => live(() => client.submit(...rest)),
    call: (...rest) => live(() => client.call(...rest)),
  }
  return { dying, state }
}

for (const isAfter of [false, true]) {
  test(`a process that dies ${isAfter ? 'after' : 'before'} any step leaves nothing that the next command does not finish`, async ({
    bed,
  }) => {
    const [stays, other, goes] = [await bed.enrol('stays'), await bed.enrol('other'), await bed.enrol('goes')]
    let hasFinished = false
    let rounds = 0
    const setUp = await bed.session()
    const kept = [await bed.give(setUp, stays), await bed.give(setUp, other)]
    for (; !hasFinished; rounds++) {
      const first = await bed.session()
      const before = bed.epochOnChain(first)
      const ended = await bed.give(first, goes)
      await bed.revoke(first, ended.grantId)
      const { dying, state } = dyingClient(bed.client(), rounds, isAfter)
      await bed.session('laptop', dying).then(finish).catch(onDeath)
      hasFinished = !state.isDead
      const next = await bed.session()
      await finish(next)
      equal(
        [bed.epochOnChain(next), epochs(next).at(-1)],
        [before + 1, before + 1],
        `death at step ${rounds}`,
      )
      equal(
        epochs(next),
        Array.from({ length: before + 2 }, (_, epoch) => epoch),
      )
      equal(preparedKeysOf(next.keyring.current()), [])
      for (const [index, person] of [stays, other].entries())
        equal(numbers(await bed.handed(person, kept[index]?.grantId as Uint8Array)), epochs(next))
      equal(numbers(await bed.handed(goes, ended.grantId)).at(-1), before)
      equal(await findDueCharts(next), [])
    }
    ok(rounds >= 5, `only ${rounds} steps were seen`)
  })
}

const machines = async (bed: PatientBed) => {
  const laptop = await bed.session('laptop')
  await laptop.keyring.push()
  return { laptop, phone: await bed.session('phone') }
}

test('two machines that rotate one chart without knowing of each other end with one list of epochs', async ({
  bed,
}) => {
  const [stays, goes] = [await bed.enrol('stays'), await bed.enrol('goes')]
  const { laptop, phone } = await machines(bed)
  const kept = await bed.give(laptop, stays)
  const ended = await bed.give(laptop, goes)
  await bed.revoke(laptop, ended.grantId)
  // Each talks to a node that has not yet got the other’s keyring.
  const apart = (session: Session): Session => ({
    ...session,
    keyring: { ...session.keyring, push: async () => true },
  })
  for (const session of [laptop, phone]) await rotateCharts(apart(session), [chartOf(session).chartId])
  equal([epochs(laptop), epochs(phone), bed.epochOnChain(phone)], [[0, 1], [0, 2], 2])
  equal(numbers(await bed.handed(stays, kept.grantId)), [0, 2], 'the list has a gap')
  for (const session of [phone, laptop, phone]) {
    await session.keyring.push()
    await session.keyring.pull()
    await finish(session)
  }
  equal(
    [epochs(laptop), epochs(phone)],
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  )
  equal(numbers(await bed.handed(stays, kept.grantId)), [0, 1, 2])
  equal(preparedKeysOf(phone.keyring.current()), [])
})

test('a machine that was asleep never brings an old epoch back as the present one', async ({ bed }) => {
  const goes = await bed.enrol('goes')
  const { laptop, phone } = await machines(bed)
  const { grantId } = await bed.give(laptop, goes)
  await bed.revoke(laptop, grantId)
  await finish(laptop)
  const asleep = phone.keyring.current()
  const ahead = laptop.keyring.current()
  const later = { ...asleep, version: ahead.version + 10 }
  for (const merged of [mergeKeyrings(ahead, later), mergeKeyrings(later, ahead)]) {
    const chart = merged.charts.find(({ compartment }) => compartment === 'laboratory')
    equal(numbers(chart?.epochs ?? []), [0, 1])
  }
})

/** What a node gives that shows a keyring of before: what was settled since seems prepared. */
const bringBack = async ({ keyring }: Session, old: ReturnType<Session['keyring']['current']>) => {
  await keyring.save((current) => mergeKeyrings(current, old))
  ok(preparedKeysOf(keyring.current()).length > 0)
}

test('an old keyring with keys that were prepared once stops no rotation, nor stands for one', async ({
  bed,
}) => {
  const [stays, ends] = [await bed.enrol('stays'), await bed.enrol('ends')]
  const session = await bed.session()
  const kept = await bed.give(session, stays)
  const { chartId } = chartOf(session)
  await prepareKeys(session, [chartId])
  const old = session.keyring.current()
  await finishPrepared(session, [chartId])
  is(bed.epochOnChain(session), 1)
  for (const epoch of [2, 3]) {
    await bringBack(session, old)
    await bed.give(session, ends, { untilMs: bed.now.ms + 5000 })
    bed.now.ms += 10_000
    equal(
      (await finish(session)).map(({ error }) => error),
      [undefined],
    )
    is(bed.epochOnChain(session), epoch)
    equal(preparedKeysOf(session.keyring.current()), [])
    equal(numbers(await bed.handed(stays, kept.grantId)).at(-1), epoch)
  }
})

test('a prohibition to write takes no reading away', async ({ bed }) => {
  const [stays, goes] = [await bed.enrol('stays'), await bed.enrol('goes')]
  const session = await bed.session()
  const kept = await bed.give(session, stays)
  await bed.give(session, stays, { isDeny: true, mode: 'write' })
  const { grantId } = await bed.give(session, goes)
  await bed.revoke(session, grantId)
  await finish(session)
  equal(numbers(await bed.handed(stays, kept.grantId)), [0, 1])
})

test('neither on a node’s mere word nor on an old head does anybody get a key', async ({ bed }) => {
  const [stays, goes] = [await bed.enrol('stays'), await bed.enrol('goes')]
  const session = await bed.session()
  const kept = await bed.give(session, stays)
  const { grantId } = await bed.give(session, goes)
  await bed.revoke(session, grantId)
  const heads = {
    now: () => bed.now.ms + 3_600_000,
    known: () => undefined,
    remember: async <T>(known: T) => known,
    bearsOld: () => true,
  }
  const warned: string[] = []
  for (const change of [{ isTrusting: true }, { heads }]) {
    const client = { ...session.client, ...change }
    equal(await finishRotations({ ...session, client }, (line) => void warned.push(line)), [])
  }
  ok(warned.some((line) => line.includes('proof.stale')))
  equal([bed.epochOnChain(session), numbers(await bed.handed(stays, kept.grantId))], [0, [0]])
})

test.run()
