// What is promised in words: every place that the threat model names exists, and nothing promises too much.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { allFiles, lineAt, readText } from './tidy/source-file.ts'

const root = path.resolve(import.meta.dirname, '..')
const model = readText('docs/threat-model.md')
const supported = model.slice(model.indexOf('## What it supports'))

test('every duty names files that exist', () => {
  const rows = supported.split('\n').filter((line) => /^\| .+ \|$/.test(line) && !/^\| (Duty|---)/.test(line))
  ok(rows.length >= 15)
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
    ok(named.length > 0, `no place in: ${row}`)
    equal(
      named.filter((file) => !existsSync(path.join(root, file))),
      [],
    )
  }
  for (const law of ['HIPAA', 'GDPR', '42 CFR Part 2']) ok(supported.includes(`**${law}**`), law)
})

/** What the software cannot keep: absolute words, and verdicts that are a court’s. */
const FORBIDDEN: readonly RegExp[] = [
  /\bcomplian(t|ce)\b/gi,
  /\bconform(s|ing)? (to|with) (HIPAA|GDPR|42 CFR)/gi,
  /\b(HIPAA|GDPR|Part 2)[- ](ready|certified|approved|proof)\b/gi,
  /\bno personal data\b/gi,
  /\bnobody who stores\b/gi,
  /\bimmediately everywhere\b/gi,
  /\bnobody (else )?can (ever )?read\b/gi,
  /\b(is|are|fully|completely) anonymous\b/gi,
  /\b(unhackable|unbreakable|military[- ]grade|bank[- ]grade|tamper[- ]proof|100 ?% secure)\b/gi,
  /\b(guarantees?|ensures?) (privacy|confidentiality|anonymity)\b/gi,
]

const prose = allFiles().filter(
  (file) =>
    /\.md$/.test(file) || /^packages\/(cli|node|core)\/src\/.*\.tsx?$/.test(file) || /^deploy\//.test(file),
)

test('no page, message or comment promises what is not kept', () => {
  ok(prose.length > 100)
  const found = prose.flatMap((file) => {
    const text = readText(file)
    return FORBIDDEN.flatMap((pattern) =>
      [...text.matchAll(pattern)].map(({ index, 0: words }) => `${file}:${lineAt(text, index)}: ${words}`),
    )
  })
  equal(found, [])
})

test('the words are caught where they stand', () => {
  const lies = [
    'MedChain is HIPAA compliant.',
    'Nobody can ever read your data.',
    'There is no personal data on the chain.',
    'A revocation holds immediately everywhere.',
    'The rows are anonymous.',
    'GDPR-ready',
  ]
  for (const lie of lies)
    ok(
      FORBIDDEN.some((pattern) => new RegExp(pattern).test(lie)),
      lie,
    )
})

test('what must be said is said', () => {
  for (const words of [
    'two colluding legs can read',
    'within 30 s on every honest node',
    'Storage alone gives no key',
  ])
    ok(model.includes(words), words)
})

test.run()
