import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  COMPARTMENTS,
  type Compartment,
  evaluate,
  type Grant,
  type GrantMode,
  PURPOSES,
  type Purpose,
  scopeDigestOf,
  scopeProofOf,
} from '../../../src/access/index.ts'
import { bytesFromText, unwrap } from '../../../src/encoding/index.ts'
import {
  type ConsentTerms,
  consentFromSet,
  dateRange,
  instantFromMs,
  isJsonObject,
  type JsonObject,
  readJson,
  termsFromConsent,
  writeJson,
} from '../../../src/fhir/index.ts'
import { permits } from './reference-consent.ts'

const PATIENT = 'did:medchain:zPatient'
const ACTORS = ['did:medchain:zDoctor', 'did:medchain:zNurse']
const SHOWN: readonly Compartment[] = ['general', 'laboratory', 'hiv']
const RECORDS = SHOWN.flatMap((compartment) =>
  ['2025-06-30', '2025-07-01', '2026-01-15'].map((date, at) => ({
    compartment,
    date,
    record: `${compartment}-${at}`,
  })),
)
const DAY_MS = 86_400_000
const TIMES = ['2026-01-10', '2026-02-10', '2026-03-10'].map((day) => Date.parse(`${day}T12:00:00Z`))

const SYSTEM = {
  uri: 'urn:ietf:rfc:3986',
  compartment: 'urn:medchain:compartment',
  purpose: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  role: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
}

interface Part {
  readonly type: 'permit' | 'deny'
  readonly actors: readonly string[] | undefined
  readonly compartments: readonly string[] | undefined
  readonly purposes: readonly string[] | undefined
  readonly period: readonly [string, string] | undefined
  readonly scope: 'whole' | 'records' | 'dates'
}

const parts = (bias: 'root' | 'nested') =>
  fc.record<Part>(
    {
      type: fc.constantFrom('permit', 'deny'),
      actors: fc.option(fc.subarray(ACTORS, { minLength: 1 }), {
        nil: undefined,
        freq: bias === 'root' ? 9 : 1,
      }),
      compartments: fc.option(fc.subarray([...SHOWN], { minLength: 1 }), {
        nil: undefined,
        freq: bias === 'root' ? 6 : 1,
      }),
      purposes: fc.option(fc.subarray(['TREAT', 'HPAYMT', 'HOPERAT'], { minLength: 1 }), {
        nil: undefined,
        freq: bias === 'root' ? 9 : 1,
      }),
      period: fc.constantFrom(
        ['2026-01-01', '2026-03-31'] as const,
        ['2026-01-01', '2026-02-10'] as const,
        ['2026-02-01', '2026-03-31'] as const,
        ...(bias === 'nested' ? [undefined] : []),
      ),
      scope:
        bias === 'root'
          ? fc.constantFrom('whole', 'whole', 'whole', 'records', 'dates')
          : fc.constantFrom('whole', 'whole', 'whole', 'dates'),
    },
    { noNullPrototype: true },
  )

const jsonOf = ({ type, actors, compartments, purposes, period, scope }: Part): JsonObject => ({
  type,
  ...(period ? { period: { start: period[0], end: period[1] } } : {}),
  ...(actors
    ? {
        actor: actors.map((value) => ({
          role: { coding: [{ system: SYSTEM.role, code: 'IRCP' }] },
          reference: { identifier: { system: SYSTEM.uri, value } },
        })),
      }
    : {}),
  ...(compartments
    ? { securityLabel: compartments.map((code) => ({ system: SYSTEM.compartment, code })) }
    : {}),
  ...(purposes ? { purpose: purposes.map((code) => ({ system: SYSTEM.purpose, code })) } : {}),
  ...(scope === 'dates' ? { dataPeriod: { end: '2025-06-30' } } : {}),
  ...(scope === 'records'
    ? {
        data: ['general-0', 'laboratory-1'].map((value) => ({
          meaning: 'instance',
          reference: { identifier: { system: 'urn:medchain:record', value } },
        })),
      }
    : {}),
})

const consentOf = (provision: JsonObject, isDissent: boolean): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [
    { coding: [{ system: 'http://loinc.org', code: '59284-0' }] },
    ...(isDissent
      ? [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] }]
      : []),
  ],
  patient: { identifier: { system: SYSTEM.uri, value: PATIENT } },
  dateTime: '2026-01-01',
  policy: [{ uri: 'urn:example:policy' }],
  provision,
})

const bytesOf = (name: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  bytes.set(bytesFromText(name).slice(-length))
  return bytes
}

const listOf = ({ scope }: ConsentTerms, compartment: string): readonly Uint8Array[] =>
  RECORDS.filter((each) => {
    if (each.compartment !== compartment || scope.type === 'whole') return false
    if (scope.type === 'records') return scope.ids.includes(each.record)
    const day = dateRange(each.date) ?? assert.unreachable(each.date)
    if (day === undefined) return false
    return (scope.fromMs ?? day.low) <= day.low && day.high <= (scope.untilMs ?? day.high)
  }).map(({ record }) => bytesOf(record, 18))

/** What `evaluate` says of the grants that the terms become, in the chart of a compartment. */
const permitted = (
  terms: readonly ConsentTerms[],
  asked: Parameters<typeof permits>[1],
  mode: 'read' | 'write' = 'read',
): boolean => {
  const own = terms.filter(({ compartments }) => compartments.includes(asked.compartment as Compartment))
  const grants = own.map(
    (each): Grant => ({
      grantId: bytesOf('grant', 32),
      grantee: bytesOf(each.grantee, 32),
      mode: each.mode,
      purposes: each.purposes,
      fromMs: each.fromMs,
      untilMs: each.untilMs,
      scopeDigest: each.scope.type === 'whole' ? undefined : scopeDigestOf(listOf(each, asked.compartment)),
      termsDigest: bytesOf('terms', 32),
      broker: undefined,
      isDeny: each.isDeny,
      chart: bytesOf('chart', 32),
      grantedHeight: 1,
      revokedHeight: undefined,
    }),
  )
  const recordId = bytesOf(asked.record, 18)
  const proofs = own
    .filter(({ scope }) => scope.type !== 'whole')
    .map((each) => scopeProofOf(listOf(each, asked.compartment), recordId))
  return [undefined, ...proofs].some((scopeProof) => {
    const id = bytesOf(asked.actor, 32)
    const actor = { id, institution: undefined, speaksForInstitution: false, isActive: true }
    const record = { id: recordId, authorInstitution: bytesOf('author', 32) }
    const { purpose, timeMs } = asked
    const question = { actor, chart: bytesOf('chart', 32), record, purpose: purpose as Purpose, timeMs }
    return evaluate({ ...question, mode, scopeProof }, grants).outcome === 'permit'
  })
}

const questions = ACTORS.flatMap((actor) =>
  RECORDS.flatMap((record) =>
    TIMES.flatMap((timeMs) => ['TREAT', 'HOPERAT'].map((purpose) => ({ ...record, actor, timeMs, purpose }))),
  ),
)

const consents = fc
  .tuple(parts('root'), fc.array(parts('nested'), { maxLength: 3 }), fc.boolean())
  .map(([root, nested, isDissent]) => {
    const provision = nested.length > 0 ? { provision: nested.map(jsonOf) } : {}
    return consentOf({ ...jsonOf(root), ...provision }, isDissent)
  })

test('what is imported decides as the Consent does; what cannot be said exactly is refused with its path', () => {
  let accepted = 0
  let refused = 0
  fc.assert(
    fc.property(fc.array(consents, { minLength: 1, maxLength: 2 }), (given) => {
      const read = given.map(termsFromConsent)
      for (const each of read) {
        if (each.ok) continue
        assert.is(each.code, 'consent.unsupported')
        assert.match(each.message, /^Consent\.provision\S*: /)
      }
      const whole = read.flatMap((each) => (each.ok ? [each.value.terms] : []))
      if (whole.length < given.length) return void refused++
      accepted += 1
      for (const asked of questions)
        assert.is(permitted(whole.flat(), asked), permits(given, asked), JSON.stringify(asked))
    }),
    { numRuns: 1500 },
  )
  assert.ok(accepted > 200 && refused > 100, `${accepted} accepted, ${refused} refused`)
})

const arbitraryTerms = fc.array(
  fc.record<ConsentTerms>(
    {
      grantee: fc.constantFrom(...ACTORS),
      compartments: fc.subarray([...SHOWN], { minLength: 1 }),
      mode: fc.constant('read' as GrantMode),
      purposes: fc.subarray(['TREAT', 'HPAYMT', 'HOPERAT'] as Purpose[], { minLength: 1 }),
      fromMs: fc.constantFrom(Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-02-01T07:08:09.123Z')),
      untilMs: fc.constantFrom(Date.parse('2026-02-10T12:00:00Z'), Date.parse('2026-04-01T00:00:00Z')),
      scope: fc.constantFrom(
        { type: 'whole' as const },
        { type: 'records' as const, ids: ['general-0', 'hiv-1'] },
        { type: 'dates' as const, fromMs: undefined, untilMs: Date.parse('2025-07-01') },
        { type: 'dates' as const, fromMs: Date.parse('2025-07-01'), untilMs: undefined },
      ),
      broker: fc.constant(undefined),
      isDeny: fc.boolean(),
    },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 4 },
)

const asText = (resource: JsonObject): JsonObject => {
  const parsed = unwrap(readJson(bytesFromText(writeJson(resource))))
  return isJsonObject(parsed) ? parsed : assert.unreachable('no object')!
}

/** Opens everything that nobody forbids. */
const OPEN: readonly ConsentTerms[] = ACTORS.map((grantee) => ({
  ...{ grantee, compartments: COMPARTMENTS, mode: 'write', purposes: ['TREAT', 'HPAYMT', 'HOPERAT'] },
  ...{ fromMs: 0, untilMs: Date.parse('2030-01-01'), broker: undefined, isDeny: false },
  scope: { type: 'whole' },
}))

test('exported and imported again, grants decide the same', () => {
  fc.assert(
    fc.property(arbitraryTerms, fc.constantFrom('read', 'read-write'), (drawn, forbids) => {
      const terms = drawn.map((each) =>
        each.isDeny
          ? { ...each, mode: forbids, scope: { type: 'whole' as const } }
          : { ...each, mode: 'read' as const },
      )
      const set = {
        id: 'a'.repeat(52),
        patient: PATIENT,
        status: 'active' as const,
        givenMs: TIMES[0] as number,
        terms,
      }
      const back = unwrap(termsFromConsent(asText(consentFromSet(set))))
      assert.is(back.patient, PATIENT)
      for (const asked of questions)
        for (const mode of ['read', 'write'] as const)
          assert.is(
            permitted([...back.terms, ...OPEN], asked, mode),
            permitted([...terms, ...OPEN], asked, mode),
            `${mode} ${JSON.stringify(asked)}`,
          )
    }),
    { numRuns: 400 },
  )
})

test('modes, brokers and every compartment and purpose come back as they went', () => {
  const base = {
    ...{ grantee: ACTORS[0] as string, fromMs: 0, untilMs: Date.parse('2030-01-01'), isDeny: false },
    ...{ compartments: COMPARTMENTS, scope: { type: 'whole' as const }, broker: undefined },
  }
  const kept: readonly ConsentTerms[] = [
    { ...base, mode: 'write', purposes: ['TREAT'] },
    { ...base, mode: 'read-write', purposes: ['TREAT', 'HPAYMT', 'HOPERAT'] },
    { ...base, mode: 'read', purposes: ['HRESCH'], broker: 'did:medchain:zBroker' },
    { ...base, mode: 'read', purposes: PURPOSES.filter((each) => each !== 'HRESCH'), isDeny: true },
    { ...base, mode: 'write', purposes: ['TREAT'], isDeny: true },
    { ...base, mode: 'read-write', purposes: ['TREAT'], isDeny: true },
  ]
  for (const terms of kept) {
    const set = {
      id: 'b'.repeat(52),
      patient: PATIENT,
      status: 'active' as const,
      givenMs: 0,
      terms: [terms],
    }
    assert.equal(unwrap(termsFromConsent(asText(consentFromSet(set)))).terms, [terms])
  }
})

test('what is no consent in force, or not of this kind, grants nothing', () => {
  const good = consentOf(
    jsonOf({
      ...{ type: 'permit', actors: [ACTORS[0] as string], compartments: ['general'], purposes: ['TREAT'] },
      ...{ period: ['2026-01-01', '2026-03-31'], scope: 'whole' },
    }),
    false,
  )
  assert.ok(termsFromConsent(good).ok)
  const provision = good.provision as JsonObject
  const actor = (provision.actor as readonly JsonObject[])[0] as JsonObject
  const cases: readonly (readonly [JsonObject, string, RegExp])[] = [
    [{ ...good, resourceType: 'Patient' }, 'consent.malformed', /^Consent: /],
    [{ ...good, status: 'inactive' }, 'consent.inactive', /inactive/],
    [{ ...good, status: 'draft' }, 'consent.inactive', /draft/],
    [{ ...good, status: undefined }, 'consent.inactive', /missing/],
    [{ ...good, scope: undefined }, 'consent.malformed', /^Consent\.scope: /],
    [{ ...good, patient: { reference: 'Patient/1' } }, 'consent.unsupported', /^Consent\.patient: /],
    [{ ...good, provision: undefined }, 'consent.malformed', /^Consent\.provision: /],
    [{ ...good, modifierExtension: [{}] }, 'consent.unsupported', /^Consent\.modifierExtension: /],
    [{ ...good, policyRule: { text: 'x' } }, 'consent.unsupported', /^Consent\.policyRule: /],
    [
      { ...good, performer: [{ identifier: { system: SYSTEM.uri, value: ACTORS[0] as string } }] },
      'consent.unsupported',
      /^Consent\.performer\[0\]: /,
    ],
    [{ ...good, provision: { ...provision, type: 'allow' } }, 'consent.malformed', /provision\.type: /],
    [
      { ...good, provision: { ...provision, code: [{ text: 'x' }] } },
      'consent.unsupported',
      /provision\.code: /,
    ],
    [{ ...good, provision: { ...provision, class: [{}] } }, 'consent.unsupported', /provision\.class: /],
    [{ ...good, provision: { ...provision, actor: undefined } }, 'consent.unsupported', /provision\.actor: /],
    [
      { ...good, provision: { ...provision, actor: [{ ...actor, reference: { reference: 'x' } }] } },
      'consent.unsupported',
      /provision\.actor\[0\]\.reference: /,
    ],
    [
      { ...good, provision: { ...provision, period: { start: '2026-02', end: '2026-01' } } },
      'consent.malformed',
      /provision\.period: /,
    ],
    [
      { ...good, provision: { ...provision, purpose: [{ system: SYSTEM.purpose, code: 'HMARKT' }] } },
      'consent.unsupported',
      /provision\.purpose\[0\]: /,
    ],
    [
      { ...good, provision: { ...provision, purpose: [{ system: SYSTEM.purpose, code: 'BTG' }] } },
      'consent.unsupported',
      /no grant opens BTG/,
    ],
    [
      { ...good, provision: { ...provision, provision: [{ ...provision, provision: [provision] }] } },
      'consent.unsupported',
      /provision\.provision\[0\]\.provision: /,
    ],
  ]
  for (const [resource, code, message] of cases) {
    const read = termsFromConsent(resource)
    assert.is(read.ok ? 'ok' : read.code, code, String(message))
    if (!read.ok) assert.match(read.message, message)
  }
})

test('instants are written as every reader reads them', () => {
  fc.assert(
    fc.property(fc.integer({ min: -30_000 * DAY_MS, max: 30_000 * DAY_MS }), (ms) => {
      assert.is(instantFromMs(ms), new Date(ms).toISOString())
    }),
  )
})

test.run()
