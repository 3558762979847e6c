// What an honest custodian gives, and on what alone (docs/spec/emergency.md BG3, BG7).
import { setTimeout } from 'node:timers/promises'
import {
  auditEntrySchema,
  auditRead,
  combineShares,
  DECLARATIONS_PER_PERSON_MAX,
  decode,
  disclosureStatementSchema,
  emergencyReady,
  equalBytes,
  type ReleasedShare,
  type Result,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeCiphers } from '../../src/keystore/index.ts'
import type { VaultName } from '../../src/requests/ports.ts'
import { until } from '../network/network-world.ts'
import { enrolAt } from '../requests/people.ts'
import { codeOf, createEmergencyWorld, type EmergencyWorld } from './emergency-world.ts'

const opened: EmergencyWorld[] = []
const open = async (): Promise<EmergencyWorld> => {
  const made = await createEmergencyWorld()
  opened.push(made)
  return made
}
test.after(async () => {
  for (const { world } of opened) await world.close()
})

const CUSTODIANS = [0, 1, 2, 3] as const

/** All subsets of the custodians' places, smallest first. */
const SUBSETS = Array.from({ length: 2 ** CUSTODIANS.length }, (_, mask) =>
  CUSTODIANS.filter((place) => mask & (1 << place)),
)

const askAll = ({ askShare, doctor, chart }: EmergencyWorld) =>
  Promise.all(CUSTODIANS.map((at) => askShare({ actor: doctor, chart, at })))

const codesOf = (answers: readonly Result<readonly ReleasedShare[]>[]): string[] => answers.map(codeOf)

test('in an emergency any three custodians open the secret, and fewer never do', async () => {
  const made = await open()
  const { set } = await made.prepare(made.chart)
  assert.is((await made.declare(made.doctor, made.chart)).code, 'ok')
  const answers = (await askAll(made)).map((answer) => unwrap(answer)[0] as ReleasedShare)
  assert.equal(new Set(answers.map(({ position }) => position)).size, CUSTODIANS.length)
  const digests = set.shares.map(({ digest }) => digest)
  for (const subset of SUBSETS) {
    const given = subset.map((place) => answers[place] as ReleasedShare)
    const isSecret = (secret: Uint8Array) => equalBytes(nodeCiphers.x25519Public(secret), made.chart.epochKey)
    const combined = await combineShares({ ...set, digests }, given, isSecret)
    assert.is(codeOf(combined), subset.length >= 3 ? 'ok' : 'share.too-few', String(subset))
    // Nor does a lower threshold than the patient set, against the library's own arithmetic.
    const forced = await combineShares(
      { ...set, threshold: Math.max(1, subset.length), digests },
      given,
      isSecret,
    )
    assert.is(forced.ok, subset.length >= 3, `forced ${subset}`)
  }
})

test('without a declaration nobody gets a share, whoever asks', async () => {
  const made = await open()
  const stranger = await enrolAt(made.world, 1, 'practitioner')
  assert.equal(codesOf(await askAll(made)), Array(4).fill('consent.none'))
  assert.is((await made.declare(made.doctor, made.chart)).code, 'ok')
  const { askShare, chart } = made
  assert.is(codeOf(await askShare({ actor: stranger, chart, at: 2 })), 'consent.none')
  // The patient reads with the words; a custodian is no way around them.
  assert.is(codeOf(await askShare({ actor: chart, chart, at: 2 })), 'consent.none')
})

test('no share leaves before an institution of the declarer or the patient keeps the reason in words', async () => {
  const made = await open()
  const { askShare, doctor, chart, filedBy, close } = made
  const { id } = await made.declare(doctor, chart)
  const other = await made.declare(doctor, chart)
  assert.is(other.code, 'emergency.exists')
  const forged = { ...filedBy(1, id), signature: filedBy(0, id).signature }
  for (const filed of [undefined, filedBy(2, id), filedBy(1, other.id), forged])
    assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2, filed })), 'emergency.not-filed')
  for (const at of [0, 1])
    assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2, filed: filedBy(at, id) })), 'ok')
  assert.is(await close(doctor, id), 'ok')
  // One that is declared while its custodian waits for that very block is no way around it.
  const { chain } = made.world
  const { onCommitted } = chain
  const hasBegunToWait = new Promise<void>((resolve) => {
    const noted: typeof onCommitted = (listener) => {
      resolve()
      return onCommitted(listener)
    }
    Object.assign(chain, { onCommitted: noted })
  })
  const minHeight = chain.head().height + 1
  const waiting = askShare({ actor: doctor, chart, at: 2, minHeight, filed: filedBy(1, id) })
  await hasBegunToWait
  assert.is((await made.declare(doctor, chart)).code, 'ok')
  assert.is(codeOf(await waiting), 'emergency.not-filed')
})

test('a declaration that no block has opens nothing', async () => {
  const made = await open()
  made.world.chain.isCommitting = false
  assert.is((await made.declare(made.doctor, made.chart)).code, 'network.timeout')
  assert.equal(codesOf(await askAll(made)), Array(4).fill('consent.none'))
})

test('a forged statement, another purpose, and a head that is behind are refused', async () => {
  const made = await open()
  const { askShare, doctor, chart, world } = made
  assert.is((await made.declare(doctor, chart)).code, 'ok')
  const stranger = await enrolAt(world, 1, 'practitioner')
  assert.is(
    codeOf(await askShare({ actor: doctor, chart, at: 2, sign: stranger.sign })),
    'disclosure.signature',
  )
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2, purpose: 'TREAT' })), 'disclosure.malformed')
  const ahead = askShare({ actor: doctor, chart, at: 2, minHeight: world.chain.head().height + 1 })
  let answered = false
  const code = ahead.then(codeOf).finally(() => {
    answered = true
  })
  await until('the custodian has waited for the block', () => {
    world.clock.advance(500)
    return answered
  })
  assert.is(await code, 'disclosure.stale')
  world.clock.advance(31_000)
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2 })), 'disclosure.stale')
  world.chain.beat()
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2 })), 'ok')
})

test('an emergency that has expired opens nothing, by the wall clock too', async () => {
  const made = await open()
  assert.is((await made.declare(made.doctor, made.chart, { durationMs: 60_000 })).code, 'ok')
  assert.equal(codesOf(await askAll(made)), Array(4).fill('ok'))
  made.world.clock.advance(50_000)
  made.world.chain.beat()
  made.world.clock.advance(11_000)
  assert.equal(codesOf(await askAll(made)), Array(4).fill('emergency.expired'))
})

test('a closed emergency opens nothing, whoever closed it', async () => {
  const made = await open()
  for (const by of [made.doctor, made.chart]) {
    const { code, id } = await made.declare(made.doctor, made.chart)
    assert.is(code, 'ok')
    assert.equal(codesOf(await askAll(made)), Array(4).fill('ok'))
    assert.is(await made.close(by, id), 'ok')
    assert.equal(codesOf(await askAll(made)), Array(4).fill('emergency.closed'))
  }
})

test('over the limit no declaration comes about, and no share leaves', async () => {
  const made = await open()
  for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++) {
    const { id } = await made.declare(made.doctor, made.chart)
    assert.is(await made.close(made.doctor, id), 'ok')
  }
  assert.is((await made.declare(made.doctor, made.chart)).code, 'emergency.limit')
  assert.equal(codesOf(await askAll(made)), Array(4).fill('emergency.closed'))
})

test('a share that comes in while the old one is swept away stays', async () => {
  const made = await open()
  const { world, chart } = made
  const happened = world.nodes.map(() => new Set<string>())
  for (const [at, { vault }] of world.nodes.entries()) {
    const { get, putBatch, erase } = vault
    let cameIn = (): void => undefined
    const came = new Promise<void>((resolve) => {
      cameIn = resolve
    })
    Object.assign(vault, {
      async get(name: VaultName) {
        const value = await get(name)
        if (name.kind === 'share') await Promise.race([came, setTimeout(1500)])
        return value
      },
      async putBatch(values: Parameters<typeof putBatch>[0]) {
        await putBatch(values)
        if (!values.some(({ kind }) => kind === 'share')) return
        happened[at]?.add('put')
        cameIn()
      },
      async erase(names: readonly VaultName[]) {
        await erase(names)
        if (names.some(({ kind }) => kind === 'share')) happened[at]?.add('erased')
      },
    })
  }
  await made.prepare(chart)
  await until('old shares are swept and new ones are in', () => happened.every(({ size }) => size === 2))
  for (const { vault } of world.nodes) assert.is(vault.list('share', chart.id).length, 1)
})

test('who opted out is not opened: the rule refuses, and every custodian deletes its share', async () => {
  const made = await open()
  const { world, chart } = made
  const held = (): number[] => world.nodes.map(({ vault }) => vault.list('share', chart.id).length)
  assert.equal(held(), [1, 1, 1, 1])
  assert.is((await made.declare(made.doctor, chart)).code, 'ok')
  await made.optOut(chart)
  assert.equal(codesOf(await askAll(made)), Array(4).fill('emergency.opted-out'))
  await until('the shares are deleted', () => held().every((count) => count === 0))
  assert.is((await made.declare(made.doctor, chart)).code, 'emergency.opted-out')
  for (const at of CUSTODIANS) {
    const { epochs } = unwrap(await world.ask(0, chart, emergencyReady, [], at))
    assert.equal(epochs, [])
  }
})

test('a custodian that was away gets its share later, and is ready only then', async () => {
  const made = await open()
  const { world, chart } = made
  const ready = async (at: number) => unwrap(await world.ask(0, chart, emergencyReady, [], at)).epochs.length
  world.down.add(3)
  await made.prepare(chart)
  assert.equal(await Promise.all([0, 1, 2].map(ready)), [1, 1, 1])
  world.down.delete(3)
  // What it holds is of the set before, which the chain no longer has.
  assert.is(await ready(3), 0)
  await world.nodes[0]?.privacy.retry()
  assert.is(await ready(3), 1)
})

test('a custodian with a changed share is not ready and gives none', async () => {
  const made = await open()
  const { world, chart, doctor } = made
  const vault = world.nodes[2]?.vault
  const key = vault?.list('share', chart.id)[0] as Uint8Array
  await vault?.putBatch([{ kind: 'share', key, value: new Uint8Array(33).fill(7) }])
  assert.equal(unwrap(await world.ask(0, chart, emergencyReady, [], 2)).epochs, [])
  assert.is((await made.declare(doctor, chart)).code, 'ok')
  assert.equal(unwrap(await made.askShare({ actor: doctor, chart, at: 2 })), [])
})

test('each release is an entry of its own in the patient’s audit, and so is each refusal', async () => {
  const made = await open()
  const { world, chart, doctor } = made
  await made.askShare({ actor: doctor, chart, at: 2 })
  const { id } = await made.declare(doctor, chart)
  await made.askShare({ actor: doctor, chart, at: 2 })
  const { entries } = unwrap(await world.ask(0, chart, auditRead, { afterSequence: 0, limit: 10 }, 2))
  const [refused, released] = entries.map((bytes) => unwrap(decode(auditEntrySchema, bytes)))
  assert.equal([refused?.leg, refused?.code, refused?.basis], ['share', 'consent.none', 'none'])
  assert.equal([released?.leg, released?.code, released?.basis], ['share', 'permit', 'emergency'])
  assert.equal(released?.reference, id)
  assert.equal([released?.permitted, released?.refused], [[], []])
  const statement = unwrap(decode(disclosureStatementSchema, released?.statement as Uint8Array))
  assert.is(statement.kind, 'share')
})

test.run()
