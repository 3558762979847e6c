import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { accountingOf, EXCLUSIONS, exclusionOf } from '../../src/auditing/accounting.ts'
import type { StatementRow } from '../../src/auditing/report.ts'

const NOW = Date.parse('2026-11-29T00:00:00Z')

const row = (change: Partial<StatementRow> = {}): StatementRow => ({
  at: '2026-03-01T10:00:00Z',
  height: 5,
  node: 'did:n',
  nodeName: 'North Hospital',
  seq: 1,
  actor: 'did:a',
  actorName: 'Dr Lee',
  purpose: 'BTG',
  basis: 'emergency',
  chart: 'did:c',
  compartment: 'general',
  record: 'r1',
  records: ['r1'],
  refused: [],
  leg: 'ciphertext',
  outcome: 'permit',
  code: 'permit',
  grantId: null,
  marks: [],
  entryHash: 'e1',
  statement: 's1',
  kind: 'read',
  ...change,
})

// 45 CFR 164.528(a)(1): what an accounting leaves out, each by its rule.
const rules: readonly (readonly [Partial<StatementRow>, string | undefined])[] = [
  [{}, undefined],
  [{ outcome: 'deny' }, 'refused'],
  [{ purpose: 'TREAT', basis: 'grant' }, 'treatment'],
  [{ purpose: 'HPAYMT', basis: 'author' }, 'treatment'],
  [{ purpose: 'HOPERAT', basis: 'author' }, 'treatment'],
  [{ purpose: 'PATRQT', basis: 'owner' }, 'individual'],
  [{ purpose: 'TREAT', basis: 'owner' }, 'individual'],
  [{ purpose: 'TREAT', basis: 'guardian' }, 'individual'],
  [{ purpose: 'HRESCH', basis: 'grant' }, 'authorization'],
  [{ marks: ['incidental'] }, 'incidental'],
  [{ at: '2020-11-28T23:59:59Z' }, 'older'],
  [{ at: '2020-11-29T00:00:00Z' }, undefined],
]

for (const [change, reason] of rules) {
  test(`${JSON.stringify(change)}: ${reason ?? 'accounted for'}`, () =>
    is(exclusionOf(row(change), NOW), reason))
}

test('repeated disclosures to one recipient for one purpose are summarised, two legs are one', () => {
  const rows = [
    row({ statement: 's1', at: '2026-03-01T10:00:00Z' }),
    row({ statement: 's1', leg: 'release', node: 'did:m' }),
    row({ statement: 's2', at: '2026-05-01T10:00:00Z', records: ['r1', 'r2', 'r3'], refused: ['r3'] }),
    row({ statement: 's3', at: '2026-04-01T10:00:00Z', compartment: 'laboratory' }),
    row({ statement: 's4', actor: 'did:b', actorName: null, at: '2026-01-01T00:00:00Z' }),
    row({ statement: 's5', purpose: 'TREAT', basis: 'grant' }),
    row({ statement: 's5', purpose: 'TREAT', basis: 'grant', leg: 'release' }),
  ]
  const { disclosures, excluded } = accountingOf(rows, NOW)
  equal(
    disclosures.map(({ recipient, first, last, frequency, description }) => [
      recipient,
      first,
      last,
      frequency,
      description,
    ]),
    [
      ['did:a', '2026-03-01T10:00:00Z', '2026-05-01T10:00:00Z', 3, '2 records of general, laboratory'],
      ['did:b', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1, '1 record of general'],
    ],
  )
  equal(
    excluded.filter(({ count }) => count > 0),
    [{ reason: 'treatment', ...EXCLUSIONS.treatment, count: 1 }],
  )
})

test('a reading that one leg permitted counts, though the other refused', () => {
  const rows = [row({ outcome: 'deny' }), row({ leg: 'release' })]
  equal(accountingOf(rows, NOW).disclosures.length, 1)
})

test.run()
