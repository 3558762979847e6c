// Thousands of random consents through the real transactions, against an evaluator that does not know the code.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { anyItem, type Item } from '../../../../../test/harness/any-item.ts'
import {
  type GrantTerms,
  grantIdOf,
  grantTermsSchema,
  PURPOSES,
  type Purpose,
  scopeDigestOf,
  scopeProofOf,
} from '../../../src/access/index.ts'
import {
  anchoringSchema,
  batchIdOf,
  decideAccess,
  enrol,
  recordIdOf,
  revokeGrant,
} from '../../../src/contracts/index.ts'
import { decode, encode, hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, terms, type World } from '../world.ts'
import { type Asker, type Consent, mayRead } from './reference-evaluator.ts'

const RUNS = Number(process.env['MEDCHAIN_PROPERTY_RUNS'] ?? 1200)
const HOUR_MS = 3_600_000

const institutions = ['north', 'south', 'city']
const people: readonly Asker[] = [
  { name: 'north', institution: 'north', role: 'institution' },
  { name: 'south', institution: 'south', role: 'institution' },
  { name: 'doctor', institution: 'south', role: 'practitioner' },
  { name: 'nurse', institution: 'south', role: 'practitioner' },
  { name: 'scientist', institution: 'south', role: 'researcher' },
  { name: 'meter', institution: 'south', role: 'device' },
  { name: 'colleague', institution: 'north', role: 'practitioner' },
]
const enrolled = people.filter(({ role }) => role !== 'institution')
const parties = new Map(
  [...institutions, ...people.map(({ name }) => name)].map((name) => [name, party(name)]),
)
const partyOf = (name: string): Party => parties.get(name) as Party
const idOf = (name: string): Uint8Array => partyOf(name).id

const test = suite('decisions of random consents')

/** A chart with three records of one author. */
const prepare = () => {
  const world = createWorld()
  for (const { name, institution, role } of enrolled) {
    const payload = { role: role as 'practitioner', ...partyOf(name) }
    unwrap(world.run(enrol.kind, enrol.payload, payload, partyOf(institution), partyOf(name)))
  }
  const chart = registerChart(world, 'chart', partyOf('north'))
  const nonce = fakeBytes('nonce', 16)
  const batchId = batchIdOf(chart.id, idOf('north'), nonce)
  const anchors = [0, 1, 2].map((index) => ({
    commitment: fakeBytes(`c${index}`),
    ciphertextDigest: fakeBytes(`d${index}`),
    envelopeDigest: fakeBytes(`e${index}`),
  }))
  const anchoring = { chart: chart.id, batchId, nonce, epoch: 0, anchors }
  unwrap(world.run('records.anchor', anchoringSchema, anchoring, partyOf('north')))
  return { world, chart, records: [0, 1, 2].map((position) => recordIdOf(batchId, position)) }
}

const arbitraryConsents = fc.array(
  fc.record(
    {
      grantee: fc.constantFrom('south', 'doctor', 'nurse', 'scientist', 'meter', 'north', 'colleague'),
      mode: fc.constantFrom('read', 'write', 'read-write'),
      purposes: fc.oneof(
        { weight: 4, arbitrary: fc.subarray(['TREAT', 'HPAYMT', 'HOPERAT', 'BTG'], { minLength: 1 }) },
        { weight: 1, arbitrary: fc.constant(['HRESCH']) },
      ),
      starts: fc.constantFrom(-1, -1, -1, 2),
      ends: fc.constantFrom(2.5, 5, 5, 5),
      records: fc.option(fc.subarray([0, 1, 2], { minLength: 1 }), { nil: undefined, freq: 2 }),
      broker: fc.constantFrom('north', 'south'),
      isDeny: fc.boolean(),
      isRevoked: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 5 },
)

type Drawn = typeof arbitraryConsents extends fc.Arbitrary<(infer T)[]> ? T : never

const termsOf = (world: World, chart: Party, drawn: Drawn, records: readonly Uint8Array[], salt: string) => {
  const isResearch = drawn.purposes.includes('HRESCH')
  // The broker of a grant for research shows no lists.
  const listed = drawn.isDeny || isResearch ? undefined : drawn.records
  const termsDigest = fakeBytes(`drawn/${salt}`)
  return terms(world, salt, chart.id, partyOf(drawn.grantee), {
    grantId: grantIdOf(chart.id, termsDigest),
    termsDigest,
    mode: isResearch ? 'read' : (drawn.mode as GrantTerms['mode']),
    purposes: drawn.purposes as Purpose[],
    fromMs: Math.max(0, world.now() + drawn.starts * HOUR_MS),
    untilMs: world.now() + drawn.ends * HOUR_MS,
    scopeDigest: listed && scopeDigestOf(listed.map((at) => records[at] as Uint8Array)),
    broker: isResearch ? idOf(drawn.broker) : undefined,
    isDeny: drawn.isDeny,
  })
}

test('what may be read is what the rules say, for everybody, every purpose and every time', () => {
  fc.assert(
    fc.property(arbitraryConsents, fc.constantFrom(0, 1, 2), (drawn, at) => {
      const { world, chart, records } = base
      const snapshot = world.fork()
      const consents: Consent[] = []
      const lists: (readonly Uint8Array[])[] = []
      for (const [index, each] of drawn.entries()) {
        const given = termsOf(snapshot, chart, each, records, String(index))
        unwrap(snapshot.run('consent.grant', grantTermsSchema, given, chart))
        if (each.isRevoked)
          unwrap(snapshot.run(revokeGrant.kind, revokeGrant.payload, { grantId: given.grantId }, chart))
        const listed = given.scopeDigest ? each.records?.map((at) => records[at] as Uint8Array) : undefined
        if (listed) lists.push(listed)
        consents.push({
          ...each,
          mode: given.mode,
          fromMs: given.fromMs,
          untilMs: given.untilMs,
          records: listed?.map(hexFromBytes),
          broker: given.broker && each.broker,
        })
      }
      const view = createReadView(snapshot.state)
      for (const asker of people) {
        for (const purpose of PURPOSES) {
          for (const hours of [0, 3, 9]) {
            const recordId = records[at] as Uint8Array
            const timeMs = snapshot.now() + hours * HOUR_MS
            const record = hexFromBytes(recordId)
            const expected = mayRead(consents, asker, { record, author: 'north', purpose, timeMs })
            const proofs = [undefined, ...lists.map((list) => scopeProofOf(list, recordId))]
            const question = { actor: idOf(asker.name), chart: chart.id, recordId, purpose, timeMs }
            const isPermitted = proofs.some(
              (scopeProof) =>
                decideAccess(view, { ...question, mode: 'read', scopeProof }).outcome === 'permit',
            )
            assert.is(isPermitted, expected, `${asker.name} ${purpose} +${hours} h of ${record}`)
          }
        }
      }
    }),
    { numRuns: RUNS },
  )
})

const base = prepare()

// Solid and Medplum each had a policy that could not be read open, or lock, everything.
test('a malformed consent neither opens nor locks anything', () => {
  const { chart, records } = base
  const world = base.world.fork()
  const good = terms(world, 'good', chart.id, partyOf('doctor'))
  unwrap(world.run('consent.grant', grantTermsSchema, good, chart))
  const outcomes = () => {
    const view = createReadView(world.state)
    return ['doctor', 'nurse', 'colleague'].map((name) => {
      const question = { actor: idOf(name), chart: chart.id, recordId: records[0], purpose: 'TREAT' as const }
      return decideAccess(view, {
        ...question,
        mode: 'read',
        timeMs: world.now(),
        scopeProof: undefined,
      }).code
    })
  }
  const before = outcomes()
  assert.equal(before, ['permit', 'consent.none', 'permit'])
  const broken: readonly Partial<GrantTerms>[] = [
    { purposes: [] },
    { purposes: ['TREAT', 'TREAT'] },
    { untilMs: 0 },
    { fromMs: world.now() + 9, untilMs: world.now() + 9 },
    { purposes: ['HRESCH'] },
    { broker: idOf('north') },
    { grantee: fakeBytes('nobody') },
    { grantId: fakeBytes('of another chart') },
    { isDeny: true, scopeDigest: fakeBytes('list') },
  ]
  for (const [index, changes] of broken.entries()) {
    const bad = terms(world, `bad ${index}`, chart.id, partyOf('nurse'), changes)
    const outcome = world.run('consent.grant', grantTermsSchema, bad, chart)
    assert.is(outcome.ok, false, JSON.stringify(Object.keys(changes)))
    assert.equal(outcomes(), before)
  }
  for (const [field, at] of [
    ['mode', 2],
    ['purposes', 3],
  ] as const) {
    const good = encode(grantTermsSchema, terms(world, field, chart.id, partyOf('nurse')))
    const item = unwrap(decode(anyItem, good)) as Item[]
    item[at] = field === 'mode' ? 'everything' : ['ANYTHING']
    assert.is(world.run('consent.grant', anyItem, item, chart).ok, false, field)
    assert.equal(outcomes(), before)
  }
})

test.run()
