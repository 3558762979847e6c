import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { type AuditView, auditText } from '../../src/auditing/audit-text.ts'
import type { NamedGap } from '../../src/auditing/verify-logs.ts'
import { paletteOf } from '../../src/format/palette.ts'

const gap = (code: string): NamedGap => ({
  node: 'did:medchain:z1',
  nodeName: 'city-laboratory',
  chart: 'did:medchain:z2',
  compartment: 'general',
  seq: null,
  code,
  message: 'Something.',
})

const leg = (nodeName: string, name: string) => ({
  at: '2026-11-21T03:00:00Z',
  height: 4,
  node: 'did:medchain:z1',
  nodeName,
  seq: 1,
  actor: 'did:medchain:z9',
  actorName: 'dr-lee',
  purpose: 'TREAT',
  basis: 'grant',
  chart: 'did:medchain:z2',
  compartment: 'laboratory',
  record: 'r1',
  records: ['r1'],
  refused: [],
  leg: name,
  outcome: 'permit' as const,
  code: 'permit',
  grantId: null,
  marks: [],
  entryHash: nodeName,
  statement: 's1',
})

const view = (change: Partial<AuditView>): string => {
  const rows = [leg('north', 'ciphertext'), leg('south', 'release')]
  const usual = {
    rows,
    all: rows,
    gaps: [],
    pending: [],
    verified: true,
    institutions: 4,
    total: 2,
    next: undefined,
  }
  return auditText({ ...usual, ...change }, paletteOf(false))
}

test('one line for a reading that two institutions logged', () => {
  const lines = view({})
    .split('\n')
    .filter((line) => line.includes('dr-lee'))
  equal(lines.length, 1)
  match(lines[0] ?? '', /TREAT +grant +laboratory: r1 +permitted +north, south$/)
})

test('a reading whose legs lie on two pages is one that both logged', () => {
  const line = view({ rows: [leg('north', 'ciphertext')], next: 'north' })
    .split('\n')
    .find((each) => each.includes('dr-lee'))
  match(line ?? '', /permitted +north, south$/)
})

const headlines: readonly (readonly [Partial<AuditView>, RegExp])[] = [
  [{}, /^Verified: 2 entries of 4 institutions fit/],
  [{ verified: null }, /--verify checks them/],
  [
    { verified: false, gaps: [gap('node.unreachable')], institutions: 3 },
    /^Verified in part: .* nothing from city-laboratory/,
  ],
  [{ verified: false, gaps: [gap('audit.altered')] }, /^Not verified: .* see city-laboratory/],
]

test('the first line says what was found', () => {
  for (const [change, expected] of headlines) match(view(change), expected)
})

test('equal gaps are told once', () => {
  match(
    view({ verified: false, gaps: [gap('audit.thinned'), gap('audit.thinned')] }),
    /\[audit\.thinned\] × 2/,
  )
})

test.run()
