// Emergencies while the chain stands still (docs/spec/emergency.md BG11 to BG14).
import {
  anchoredDeclarations,
  auditEntrySchema,
  countOfDay,
  DECLARATIONS_PER_PERSON_MAX,
  decode,
  emergencies,
  emergencyDescribe,
  emergencyDetailsOf,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { verifyEmergencies } from '../../src/audit/verify-emergencies.ts'
import { until } from '../network/network-world.ts'
import { enrolAt, registerPatient, type TestChart } from '../requests/people.ts'
import { codeOf } from './emergency-world.ts'
import { createHaltedWorld, type HaltedWorld } from './halted-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const CUSTODIANS = [0, 1, 2, 3] as const

const opened: HaltedWorld[] = []
const open = async (): Promise<HaltedWorld> => {
  const made = await createHaltedWorld()
  opened.push(made)
  return made
}
test.after(async () => {
  for (const { world } of opened) await world.close()
})

const keepAll = (made: HaltedWorld, declared: ReturnType<HaltedWorld['draw']>) =>
  Promise.all(CUSTODIANS.map((at) => made.keepAt(at, declared)))

const shareCodes = ({ askShare, doctor, chart }: HaltedWorld): Promise<string[]> =>
  Promise.all(CUSTODIANS.map(async (at) => codeOf(await askShare({ actor: doctor, chart, at }))))

const four = (code: string): string[] => Array(4).fill(code)

const entriesAt = async ({ world, chart }: HaltedWorld, at: number) => {
  const node = world.nodes[at] as HaltedWorld['world']['nodes'][number]
  const log = unwrap(await node.privacy.audit.log.read(chart.id, 0, 100))
  return log.map((bytes) => unwrap(decode(auditEntrySchema, bytes)))
}

/** Lets the nodes' clocks run until the chain has the emergency and no node holds it any more. */
const untilAnchored = (made: HaltedWorld, id: Uint8Array) =>
  until('every node has seen it anchored', () => {
    made.world.clock.advance(1000)
    made.world.chain.beat()
    const isOnChain = made.world.chain.head().view.get(emergencies, id) !== undefined
    const prefix = new TextEncoder().encode('halted/')
    return isOnChain && made.world.nodes.every(({ vault }) => vault.list('index', prefix).length === 0)
  })

test('two clinicians declare in a halt: logged as stale before the shares leave, anchored by all afterwards', async () => {
  const made = await open()
  const { world, doctor, colleague, chart } = made
  made.halt()
  const declared = made.draw()
  assert.is(await made.begin(declared), 'ok')
  assert.equal([await made.known(doctor), await made.known(colleague)], [['awaiting'], ['awaiting']])
  assert.equal(await shareCodes(made), four('disclosure.stale'))
  const told = unwrap(await world.ask(1, colleague, emergencyDetailsOf, { ids: [declared.id] }))
  assert.is(told[0]?.details.text, 'found unconscious')
  assert.is(await made.keepAt(1, declared, colleague), 'ok')
  assert.equal(await keepAll(made, declared), four('ok'))
  assert.equal(await made.known(colleague), ['kept'])
  const { id, details } = declared
  assert.is(codeOf(await world.ask(1, doctor, emergencyDescribe, { id, details }, 0)), 'ok')
  assert.equal(await shareCodes(made), four('ok'))
  for (const at of CUSTODIANS) {
    const entry = (await entriesAt(made, at)).at(-1)
    assert.equal(
      [entry?.leg, entry?.basis, entry?.code, entry?.marks, entry?.reference],
      ['share', 'emergency', 'permit', ['stale'], id],
    )
  }
  made.resume()
  assert.equal(await shareCodes(made), four('consent.none'))
  await untilAnchored(made, id)
  const { view, timeMs } = world.chain.head()
  assert.ok(view.get(anchoredDeclarations, id))
  for (const party of [doctor, colleague]) assert.is(countOfDay(view, party.id, timeMs), 1)
  assert.equal(await shareCodes(made), four('emergency.expired'))
  const after = unwrap(await world.ask(0, chart, emergencyDetailsOf, { ids: [id] }))
  assert.is(after[0]?.details.site, 'ambulance 7')
  assert.is((await made.declare(doctor, chart)).code, 'ok')
  assert.equal(await shareCodes(made), four('ok'))
})

test('while the chain goes on, and after a day of standing still, nobody declares so', async () => {
  const made = await open()
  const { world } = made
  assert.is(await made.begin(made.draw()), 'emergency.not-halted')
  assert.equal(await keepAll(made, made.draw()), four('emergency.not-halted'))
  made.halt(31_000)
  assert.equal(await keepAll(made, made.draw()), four('ok'))
  assert.equal(await shareCodes(made), four('ok'))
  made.world.clock.advance(24 * HOUR_MS)
  assert.equal(await keepAll(made, made.draw()), four('disclosure.stale'))
  assert.is(await made.begin(made.draw()), 'disclosure.stale')
  assert.equal(await shareCodes(made), four('disclosure.stale'))
  world.chain.beat()
  // One of before the newest block is none of this halt.
  const old = made.draw({ timeMs: world.clock.wallMs() })
  world.clock.advance(MINUTE_MS)
  assert.equal(await keepAll(made, old), four('emergency.not-halted'))
})

test('one signature, the same person twice, a forgery, another institution: nothing', async () => {
  const made = await open()
  const { doctor, colleague, distant, draw, sign, keepAt } = made
  made.halt()
  const whole = draw()
  const { declaration, byDeclarer, byCoSigner } = whole.signed
  const none = { ...byCoSigner, signature: new Uint8Array(64) }
  const rows: readonly [ReturnType<HaltedWorld['draw']>, string][] = [
    [{ ...whole, signed: { declaration, byDeclarer, byCoSigner: none } }, 'emergency.signatures'],
    [{ ...whole, signed: { declaration, byDeclarer, byCoSigner: byDeclarer } }, 'emergency.signatures'],
    [draw({}, [doctor, doctor]), 'emergency.co-signer'],
    [draw({}, [doctor, distant]), 'emergency.co-signer'],
    [
      { ...whole, signed: { declaration, byDeclarer, byCoSigner: sign(declaration, distant) } },
      'emergency.signatures',
    ],
    [
      { ...whole, signed: { declaration: { ...declaration, reason: 'no-time' }, byDeclarer, byCoSigner } },
      'emergency.signatures',
    ],
    [draw({ networkId: new Uint8Array(32) }), 'emergency.signatures'],
    [draw({ timeMs: made.world.clock.wallMs() + 6 * MINUTE_MS }), 'emergency.signatures'],
    [draw({ timeMs: made.world.clock.wallMs() - 59_000, durationMs: 1000 }), 'emergency.expired'],
    [draw({ durationMs: 5 * HOUR_MS }), 'emergency.duration'],
    [draw({ height: made.world.chain.head().height + 1 }), 'disclosure.stale'],
    [draw({ chart: new Uint8Array(32) }), 'emergency.opted-out'],
  ]
  for (const [declared, code] of rows) assert.is(await keepAt(2, declared), code)
  assert.is(await keepAt(2, whole, distant), 'emergency.unknown')
  assert.is(await made.begin(draw(), colleague), 'emergency.signatures')
  assert.is(await made.begin(draw(), doctor, 0), 'emergency.other-institution')
  const silent = draw()
  assert.is(await made.begin({ ...silent, details: { ...silent.details, text: ' ' } }), 'emergency.no-reason')
  assert.is(await made.begin({ ...silent, details: whole.details }), 'emergency.details')
  assert.equal(await shareCodes(made), four('disclosure.stale'))
})

test('who opted out before the halt stays closed, and so does another chart and another reader', async () => {
  const made = await open()
  const { world, chart, colleague, askShare } = made
  const { charts } = await registerPatient(world, 0, ['general'])
  const other = charts[0] as TestChart
  await made.prepare(other)
  await made.optOut(other)
  made.halt()
  assert.equal(await keepAll(made, made.draw({ chart: other.id })), four('emergency.opted-out'))
  assert.equal(await keepAll(made, made.draw()), four('ok'))
  assert.is(codeOf(await askShare({ actor: colleague, chart, at: 2 })), 'disclosure.stale')
  assert.is(codeOf(await askShare({ actor: made.doctor, chart: other, at: 2 })), 'disclosure.stale')
  assert.is(codeOf(await askShare({ actor: chart, chart, at: 2 })), 'disclosure.stale')
})

test('what a custodian accepted in the halt counts against the limits of the day', async () => {
  const made = await open()
  const { world, doctor, colleague, keepAt } = made
  const third = await enrolAt(world, 1, 'practitioner')
  const { charts } = await registerPatient(world, 0, ['general'])
  const other = charts[0] as TestChart
  await made.prepare(other)
  made.halt()
  const brief = { durationMs: MINUTE_MS }
  for (let count = 0; count < DECLARATIONS_PER_PERSON_MAX; count++) {
    assert.is(await keepAt(2, made.draw(brief)), 'ok')
    world.clock.advance(MINUTE_MS)
  }
  assert.is(await keepAt(2, made.draw()), 'emergency.limit')
  assert.is(await keepAt(2, made.draw({}, [third, colleague]), third), 'emergency.co-signer-limit')
  assert.is(await keepAt(2, made.draw({}, [third, doctor]), third), 'emergency.co-signer-limit')
  // A custodian that was asked for none of them counts its own.
  assert.is(await keepAt(3, made.draw()), 'ok')
})

test('a declaration that names the day before counts as well', async () => {
  const made = await open()
  const { world, keepAt } = made
  const dayMs = 24 * HOUR_MS
  world.clock.advance(dayMs - (world.clock.wallMs() % dayMs) - 1000)
  world.chain.beat()
  const yesterdayMs = world.clock.wallMs() + 500
  made.halt()
  const backdated = () =>
    made.draw({ timeMs: yesterdayMs, durationMs: world.clock.wallMs() - yesterdayMs + MINUTE_MS })
  for (let count = 0; count < DECLARATIONS_PER_PERSON_MAX; count++) {
    assert.is(await keepAt(2, backdated()), 'ok')
    world.clock.advance(MINUTE_MS)
  }
  assert.is(await keepAt(2, backdated()), 'emergency.limit')
})

test('one chart has one declaration of a person at a time; it ends when it is closed, and by time', async () => {
  const made = await open()
  const { doctor, colleague, chart, world } = made
  made.halt()
  const first = made.draw()
  assert.equal(await keepAll(made, first), four('ok'))
  assert.equal(await keepAll(made, first), four('ok'))
  assert.equal(await keepAll(made, made.draw()), four('emergency.exists'))
  assert.is(await made.closeAt(2, first.id, colleague), 'emergency.unknown')
  for (const at of CUSTODIANS) assert.is(await made.closeAt(at, first.id, at === 0 ? chart : doctor), 'ok')
  assert.equal(await shareCodes(made), four('emergency.closed'))
  assert.equal(await keepAll(made, first), four('emergency.closed'))
  assert.equal(await keepAll(made, made.draw()), four('ok'))
  assert.equal(await shareCodes(made), four('ok'))
  world.clock.advance(HOUR_MS)
  assert.equal(await shareCodes(made), four('emergency.expired'))
})

test('a declaration that waits for its co-signer longer than half an hour is gone', async () => {
  const made = await open()
  made.halt()
  assert.is(await made.begin(made.draw()), 'ok')
  made.world.clock.advance(31 * MINUTE_MS)
  assert.equal(await made.known(made.colleague), [])
})

test('a node that restarts in the halt still has what it accepted, and anchors it alone', async () => {
  const made = await open()
  const { world } = made
  made.halt()
  const declared = made.draw()
  assert.is(await made.keepAt(2, declared), 'ok')
  await world.restart(2)
  const { askShare, doctor, chart } = made
  // It has to see for itself that no block comes.
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2 })), 'disclosure.stale')
  world.clock.advance(31_000)
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2 })), 'ok')
  made.resume()
  await untilAnchored(made, declared.id)
  const anchored = world.chain.head().view.get(anchoredDeclarations, declared.id)
  assert.equal(anchored?.by, world.nodes[2]?.institution.id)
})

test('a release on a declaration that never comes onto the chain is named to the patient', async () => {
  const made = await open()
  const { world, doctor, chart, askShare } = made
  made.halt()
  assert.is(await made.keepAt(2, made.draw()), 'ok')
  assert.is(codeOf(await askShare({ actor: doctor, chart, at: 2 })), 'ok')
  const node = world.nodes[2]?.institution.id as Uint8Array
  const entries = (await entriesAt(made, 2)).map((entry) => ({
    entry,
    statement: undefined,
    hash: new Uint8Array(32),
  }))
  const { height } = world.chain.head()
  const at = (
    timeMs: number,
    emergencyOf: Parameters<typeof verifyEmergencies>[2]['emergencyOf'],
    blocks = 19,
  ) =>
    verifyEmergencies(node, entries, { head: { height: height + blocks, timeMs }, emergencyOf }).map(
      ({ code, node: named }) => [code, named],
    )
  const now = world.clock.wallMs()
  const none = () => undefined
  const unmarked = entries.map(({ entry, ...rest }) => ({ entry: { ...entry, marks: [] }, ...rest }))
  const later = { head: { height, timeMs: now + 90_001 }, emergencyOf: none }
  assert.equal(
    verifyEmergencies(node, unmarked, later).map(({ code }) => code),
    ['audit.undeclared'],
  )
  assert.equal(at(now + 90_000, none), [])
  assert.equal(at(now + 90_001, none), [['audit.undeclared', node]])
  // The first block after a halt of an hour accuses nobody.
  assert.equal(at(now + HOUR_MS, none, 1), [])
  assert.equal(
    at(now, () => ({ declarer: chart.id, chart: chart.id })),
    [['audit.undeclared', node]],
  )
  assert.equal(
    at(now + HOUR_MS, () => ({ declarer: doctor.id, chart: chart.id })),
    [],
  )
})

test.run()
