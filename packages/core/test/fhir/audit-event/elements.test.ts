import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { testData } from '../../../../../test/data.ts'
import { notRun } from '../../../../../test/not-run.ts'
import { auditBundle } from '../../../src/fhir/audit-event/audit-bundle.ts'

// FHIR R4, AuditEvent and Provenance: the elements that they may have.
const ELEMENTS: Readonly<Record<string, string>> = {
  AuditEvent:
    'resourceType id meta text type subtype action period recorded outcome outcomeDesc purposeOfEvent agent source entity',
  'AuditEvent.agent': 'type role who altId name requestor location policy media network purposeOfUse',
  'AuditEvent.source': 'site observer type',
  'AuditEvent.entity': 'what type role lifecycle securityLabel name description query detail',
  Provenance:
    'resourceType id meta text target occurredPeriod occurredDateTime recorded policy location reason activity agent entity signature',
  'Provenance.agent': 'type role who onBehalfOf',
}

type Json = Readonly<Record<string, unknown>>

const foreign = (where: string, value: Json): string[] => {
  const known = (ELEMENTS[where] ?? '').split(' ')
  return Object.keys(value).flatMap((name) => {
    const inner = ELEMENTS[`${where}.${name}`]
    const parts = inner ? ([value[name]].flat() as Json[]) : []
    return [
      ...(known.includes(name) ? [] : [`${where}.${name}`]),
      ...parts.flatMap((part) => foreign(`${where}.${name}`, part)),
    ]
  })
}

const party = { did: 'did:medchain:a', name: 'A' }

test('events and provenance have elements of FHIR R4 only', () => {
  const disclosure = {
    ...{
      id: 'ab'.repeat(32),
      recorded: '2026-11-21T03:00:00Z',
      node: party,
      actor: party,
      institution: party,
    },
    ...{ purpose: 'BTG', basis: 'emergency', grantId: 'g1', chart: 'did:medchain:c', permitted: ['r1'] },
    ...{ refused: ['r2'], code: 'consent.none', isAccounted: true },
  }
  const authorship = {
    id: 'b',
    recorded: '2026-11-21T03:00:00Z',
    author: party,
    institution: party,
    recordIds: ['r'],
  }
  const bundle = auditBundle(
    [
      { ...disclosure, kind: 'read' },
      { ...disclosure, kind: 'list' },
    ],
    [authorship],
    '2026-11-29T00:00:00Z',
  ) as unknown as { entry: { resource: Json }[] }
  equal(
    bundle.entry.flatMap(({ resource }) => foreign(String(resource['resourceType']), resource)),
    [],
  )
})

test('so do the official examples', () => {
  const folder = testData('fhir-r4-official-examples')
  if (folder === undefined) return notRun('no official FHIR R4 examples on this machine')
  const names = readdirSync(folder).filter((name) => /^(AuditEvent|Provenance)-.*\.json$/.test(name))
  ok(names.length > 0)
  for (const name of names) {
    const resource = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Json
    equal(foreign(String(resource['resourceType']), resource), [], name)
  }
})

test.run()
