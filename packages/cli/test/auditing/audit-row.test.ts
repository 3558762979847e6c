import type { AuditEntry, Compartment } from '@medchain/core'
import { didFromAccountId, recordIdFromBatch } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { exclusionOf } from '../../src/auditing/accounting.ts'
import { auditRow, compareRows } from '../../src/auditing/audit-row.ts'

const NOW = Date.parse('2026-11-29T00:00:00Z')
const id = (fill: number) => new Uint8Array(32).fill(fill)
const record = (index: number) => recordIdFromBatch(new Uint8Array(16), index)

const entry = (change: Partial<AuditEntry>): AuditEntry => ({
  version: 2,
  node: id(1),
  chart: id(2),
  sequence: 1,
  previousHash: id(0),
  timeMs: Date.parse('2026-11-21T03:00:00Z'),
  height: 5,
  leg: 'ciphertext',
  actor: id(3),
  purpose: 'TREAT',
  basis: 'grant',
  grantId: undefined,
  permitted: [record(0)],
  refused: [],
  code: 'permit',
  statement: new Uint8Array(0),
  signature: new Uint8Array(64),
  signingKey: undefined,
  loggedMs: undefined,
  reference: undefined,
  marks: [],
  ...change,
})

const chart = {
  chart: id(2),
  did: didFromAccountId(id(2)),
  compartment: 'laboratory' as Compartment,
  actor: { id: id(2), inception: undefined, sign: () => new Uint8Array(64) },
  epochs: [],
}
const names = new Map([[didFromAccountId(id(1)), 'North Hospital']])
const rowOf = (change: Partial<AuditEntry>) => auditRow(entry(change), chart, names)

const table: readonly (readonly [string, Partial<AuditEntry>, string, boolean])[] = [
  ['care', {}, 'permit', false],
  ['research by a grant', { purpose: 'HRESCH' }, 'permit', false],
  ['emergency', { purpose: 'BTG', basis: 'emergency' }, 'permit', true],
  ['the patient', { purpose: 'PATRQT', basis: 'owner' }, 'permit', false],
  ['a refusal', { purpose: 'BTG', permitted: [], refused: [record(1)], code: 'consent.none' }, 'deny', false],
  [
    'some of several',
    { purpose: 'BTG', basis: 'emergency', refused: [record(1)], code: 'consent.none' },
    'partly',
    true,
  ],
]

for (const [name, change, outcome, isIn] of table) {
  test(`${name}: outcome and accounting`, () => {
    const row = rowOf(change)
    equal([row.outcome, exclusionOf(row, NOW) === undefined], [outcome, isIn])
  })
}

test('institutions by name, the time in UTC', () => {
  const { nodeName, actorName, at, records } = rowOf({})
  equal([nodeName, actorName, at, records.length], ['North Hospital', null, '2026-11-21T03:00:00Z', 1])
})

test('rows in the order of time, then node and sequence', () => {
  const rows = [rowOf({ sequence: 2 }), rowOf({ sequence: 10 }), rowOf({ timeMs: 0 }), rowOf({ sequence: 1 })]
  equal(
    [...rows].sort(compareRows).map(({ seq, at }) => `${at.slice(0, 4)} ${seq}`),
    ['1970 1', '2026 1', '2026 2', '2026 10'],
  )
})

test.run()
