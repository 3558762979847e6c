import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { auditBundle } from '../../../src/fhir/audit-event/audit-bundle.ts'
import { auditEventsOf, type FhirJson } from '../../../src/fhir/audit-event/audit-event.ts'
import { base64FromText, type DisclosureEvent } from '../../../src/fhir/audit-event/disclosure-event.ts'

const event = (change: Partial<DisclosureEvent> = {}): DisclosureEvent => ({
  id: 'ab'.repeat(32),
  recorded: '2026-11-21T03:00:00Z',
  node: { did: 'did:medchain:n', name: 'North Hospital' },
  actor: { did: 'did:medchain:a', name: undefined },
  institution: { did: 'did:medchain:s', name: 'South Hospital' },
  purpose: 'TREAT',
  basis: 'grant',
  grantId: 'g1',
  chart: 'did:medchain:c',
  kind: 'read',
  permitted: ['r1', 'r2'],
  refused: [],
  code: 'permit',
  isAccounted: false,
  ...change,
})

interface Coding {
  readonly system: string
  readonly code: string
}

interface Agent {
  readonly type: { readonly coding: readonly Coding[] }
  readonly who: object
  readonly requestor: boolean
  readonly network?: object
}

interface Entity {
  readonly what?: object
  readonly type: Coding
  readonly role?: Coding
  readonly query?: string
}

interface AuditEvent {
  readonly resourceType: string
  readonly id: string
  readonly meta?: { readonly profile: readonly string[] }
  readonly type: Coding
  readonly subtype?: readonly Coding[]
  readonly action: string
  readonly recorded: string
  readonly outcome: string
  readonly agent: readonly Agent[]
  readonly source: { readonly observer: object }
  readonly entity: readonly Entity[]
}

const eventsOf = (change: Partial<DisclosureEvent> = {}) =>
  auditEventsOf(event(change)) as unknown as readonly AuditEvent[]

const profileOf = ({ meta }: AuditEvent): string =>
  meta?.profile[0]?.replace('https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.', '') ??
  'none'

const agentCodes = ({ agent }: AuditEvent) => agent.map(({ type }) => type.coding[0]?.code).sort()
const entityCodes = ({ entity }: AuditEvent) => entity.map(({ type }) => type.code)

/** What every AuditEvent of FHIR R4 needs. */
const checkResource = (each: AuditEvent) => {
  is(each.resourceType, 'AuditEvent')
  ok(/^[A-Za-z0-9\-.]{1,64}$/.test(each.id))
  ok(each.type.system && each.type.code)
  ok(each.recorded && each.outcome && each.source.observer)
  ok(each.agent.length > 0)
  ok(each.agent.every(({ who, requestor }) => who && typeof requestor === 'boolean'))
}

// Profiles of IHE BALP 1.1: types, agents and entities that each demands.
const profiles: readonly {
  readonly change: Partial<DisclosureEvent>
  readonly names: readonly string[]
}[] = [
  { change: {}, names: ['PatientRead', 'PatientRead', 'AuthZconsent'] },
  { change: { grantId: undefined, basis: 'author' }, names: ['PatientRead', 'PatientRead'] },
  { change: { kind: 'list' }, names: ['PatientQuery', 'AuthZconsent'] },
  { change: { permitted: [], refused: ['r1'], code: 'consent.revoked' }, names: ['AuthZconsent'] },
  { change: { permitted: [], refused: ['r1'], grantId: undefined, code: 'consent.none' }, names: ['none'] },
  {
    change: { grantId: undefined, basis: 'emergency', purpose: 'BTG', isAccounted: true },
    names: ['PatientRead', 'PatientRead', 'PrivacyDisclosure.Source'],
  },
]

for (const { change, names } of profiles) {
  test(`${JSON.stringify(change)}: ${names.join(', ')}`, () => {
    const events = eventsOf(change)
    equal(events.map(profileOf), names)
    for (const each of events) checkResource(each)
    is(new Set(events.map(({ id }) => id)).size, events.length)
  })
}

test('a PatientRead has client, server and user, one datum and the patient', () => {
  const [read] = eventsOf() as readonly [AuditEvent]
  equal([read.type.code, read.subtype?.[0]?.code, read.action, read.outcome], ['rest', 'read', 'R', '0'])
  equal(agentCodes(read), ['110152', '110153', 'IRCP'])
  equal(entityCodes(read).sort(), ['1', '2'])
  ok(read.agent.every(({ type, network }) => (type.coding[0]?.code === 'IRCP') === (network === undefined)))
})

test('a PatientQuery has the query in base64, and nothing more of the records', () => {
  const [query] = eventsOf({ kind: 'list' }) as readonly [AuditEvent]
  equal([query.type.code, query.subtype?.[0]?.code, query.action], ['rest', 'search-type', 'E'])
  const asked = query.entity.find(({ role }) => role?.code === '24')
  is(Buffer.from(asked?.query ?? '', 'base64').toString(), 'chart=did:medchain:c&_id=r1,r2')
  is(asked?.what, undefined)
})

test('an AuthZconsent names client, user, organisation and authoriser, patient and consent, and nothing else', () => {
  const decision = eventsOf().at(-1) as AuditEvent
  equal(agentCodes(decision), ['110150', 'IRCP', 'PROV', 'authserver'])
  equal(entityCodes(decision), ['1', 'Consent'])
  equal([decision.action, decision.outcome], ['E', '0'])
  const refused = eventsOf({ permitted: [], refused: ['r1'], code: 'consent.revoked' }).at(-1) as AuditEvent
  equal([refused.outcome, (refused as unknown as FhirJson)['outcomeDesc']], ['8', 'consent.revoked'])
})

test('a privacy disclosure is an export by the node that logged it', () => {
  const disclosure = eventsOf({ isAccounted: true }).at(-1) as AuditEvent
  equal([disclosure.type.code, disclosure.subtype?.[0]?.code, disclosure.action], ['110106', 'disclose', 'R'])
  const source = disclosure.agent.find(({ type }) => type.coding[0]?.code === '110153')
  equal(source?.who, disclosure.source.observer)
  is(disclosure.entity.length, 3)
})

test('a bundle holds events and who wrote what', () => {
  const authorship = {
    id: 'b1',
    recorded: '2026-11-20T03:00:00Z',
    author: { did: 'did:medchain:a', name: undefined },
    institution: { did: 'did:medchain:n', name: 'North Hospital' },
    recordIds: ['r1', 'r2'],
  }
  const bundle = auditBundle([event()], [authorship], '2026-11-29T00:00:00Z') as unknown as {
    readonly type: string
    readonly entry: readonly { readonly fullUrl: string; readonly resource: FhirJson }[]
  }
  equal(
    [bundle.type, ...bundle.entry.map(({ resource }) => resource['resourceType'])],
    ['collection', 'AuditEvent', 'AuditEvent', 'AuditEvent', 'Provenance'],
  )
  const provenance = bundle.entry.at(-1) as (typeof bundle.entry)[number]
  is((provenance.resource['target'] as readonly unknown[]).length, 2)
})

test('base64 is that of RFC 4648', () => {
  for (const text of ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar', 'ü'])
    is(base64FromText(text), Buffer.from(text).toString('base64'))
})

test.run()
