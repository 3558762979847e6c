import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grantTermsSchema } from '../../../src/access/index.ts'
import {
  accounts,
  type SupersededRecord,
  supersedeRecords,
  supersessions,
  supersessionsIn,
} from '../../../src/contracts/index.ts'
import { unwrap } from '../../../src/encoding/index.ts'
import {
  city,
  codeOf,
  createErasureWorld,
  type ErasureWorld,
  north,
  south,
} from '../erasure/erasure-world.ts'
import { fakeBytes, type Party, party, terms } from '../world.ts'

const clinician = party('clinician')

type StaffRole = 'practitioner' | 'guardian' | 'researcher' | 'device'

const enrolAs = (world: ErasureWorld, role: StaffRole, sponsor: Party, person = party(role)): Party => {
  const { signingKey, sealingKey } = person
  const rest = { status: 'active', sponsor: sponsor.id, institutionName: undefined } as const
  world.state.view.put(accounts, { role, signingKey, sealingKey, ...rest }, person.id)
  return person
}

const createRecordsWorld = () => {
  const world = createErasureWorld()
  enrolAs(world, 'practitioner', north, clinician)
  return world
}

const supersede = (
  world: ErasureWorld,
  records: readonly (readonly [Uint8Array, Uint8Array?])[],
  sender: Party = clinician,
  chart: Uint8Array = world.chart.id,
) => {
  const entries: SupersededRecord[] = records.map(([recordId, successor]) => ({ recordId, successor }))
  return world.run(supersedeRecords.kind, supersedeRecords.payload, { chart, records: entries }, sender)
}

type Step = (world: ErasureWorld, records: readonly Uint8Array[]) => { ok: boolean; code?: string }
const at = (records: readonly Uint8Array[], index: number): Uint8Array => records[index] as Uint8Array

const STEPS: readonly [string, Step, string][] = [
  ['the author withdraws', (world, records) => supersede(world, [[at(records, 0)]]), 'ok'],
  ['its institution withdraws', (world, records) => supersede(world, [[at(records, 0)]], north), 'ok'],
  [
    'a device of the institution',
    (world, records) => supersede(world, [[at(records, 0)]], enrolAs(world, 'device', north)),
    'ok',
  ],
  ['replaces', (world, records) => supersede(world, [[at(records, 0), at(records, 1)]]), 'ok'],
  [
    'one after the other',
    (world, records) =>
      supersede(world, [
        [at(records, 0), at(records, 1)],
        [at(records, 1), at(records, 2)],
      ]),
    'ok',
  ],
  ['nothing', (world) => supersede(world, []), 'records.none-named'],
  [
    'another institution',
    (world, records) => supersede(world, [[at(records, 0)]], south),
    'records.not-author',
  ],
  [
    'the patient',
    (world, records) => supersede(world, [[at(records, 0)]], world.chart),
    'records.not-author',
  ],
  [
    'a guardian that the institution enrolled',
    (world, records) => supersede(world, [[at(records, 0)]], enrolAs(world, 'guardian', north)),
    'records.not-author',
  ],
  [
    'a researcher of the institution',
    (world, records) => supersede(world, [[at(records, 0)]], enrolAs(world, 'researcher', north)),
    'records.not-author',
  ],
  [
    'staff of an institution that left',
    (world, records) => {
      world.remove(north)
      return supersede(world, [[at(records, 0)]])
    },
    'records.not-author',
  ],
  ['a record of another chart', (world) => supersede(world, [[world.foreign]]), 'records.unknown-record'],
  [
    'the right record under another chart',
    (world, records) => supersede(world, [[at(records, 0)]], clinician, world.other.id),
    'records.unknown-record',
  ],
  ['no record', (world) => supersede(world, [[fakeBytes('none', 18)]]), 'records.unknown-record'],
  [
    'twice in one',
    (world, records) => supersede(world, [[at(records, 0)], [at(records, 0)]]),
    'records.superseded',
  ],
  [
    'what was withdrawn before',
    (world, records) => {
      unwrap(supersede(world, [[at(records, 0)]]))
      return supersede(world, [[at(records, 0), at(records, 1)]], north)
    },
    'records.superseded',
  ],
  [
    'by itself',
    (world, records) => supersede(world, [[at(records, 0), at(records, 0)]]),
    'records.unknown-successor',
  ],
  [
    'in a circle',
    (world, records) =>
      supersede(world, [
        [at(records, 0), at(records, 1)],
        [at(records, 1), at(records, 0)],
      ]),
    'records.unknown-successor',
  ],
  [
    'by a record of another chart',
    (world, records) => supersede(world, [[at(records, 0), world.foreign]]),
    'records.unknown-successor',
  ],
  [
    'by a record that is not there',
    (world, records) => supersede(world, [[at(records, 0), fakeBytes('none', 18)]]),
    'records.unknown-successor',
  ],
]

test('C15: who supersedes what', () => {
  for (const [what, run, code] of STEPS) {
    const world = createRecordsWorld()
    assert.is(codeOf(run(world, world.records)), code, what)
  }
})

test('C15: a record of another institution never takes the place', () => {
  const world = createRecordsWorld()
  const given = terms(world, 'city', world.chart.id, city, { mode: 'write' })
  unwrap(world.run('consent.grant', grantTermsSchema, given, world.chart))
  const [theirs] = world.anchor(world.chart, city, 'city', 1)
  const outcome = supersede(world, [[at(world.records, 0), theirs]])
  assert.is(codeOf(outcome), 'records.unknown-successor')
})

test('C15: what was said stands in order, all or nothing, and takes no right to read', () => {
  const world = createRecordsWorld()
  const [first, second, third] = world.records as [Uint8Array, Uint8Array, Uint8Array]
  assert.is(codeOf(supersede(world, [[first], [fakeBytes('none', 18)]])), 'records.unknown-record')
  assert.is(world.view().get(supersessions, first), undefined)
  const before = world.decide(first)
  unwrap(supersede(world, [[third]]))
  unwrap(supersede(world, [[first, second]], north))
  const found = supersessionsIn(world.view(), world.chart.id)
  assert.equal(
    found.map(({ recordId, successor, author }) => [recordId, successor, author]),
    [
      [third, undefined, clinician.id],
      [first, second, north.id],
    ],
  )
  assert.equal(supersessionsIn(world.view(), world.other.id), [])
  assert.equal(world.decide(first), before)
})

test.run()
