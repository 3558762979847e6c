// One function decides who reads. Whatever else looks at grants is listed here with what it does with them.
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { allFiles, readSource } from './tidy/source-file.ts'

const sources = allFiles()
  .filter((file) => /^packages\/\w+\/src\/.*\.tsx?$/.test(file))
  .map(readSource)

const filesWith = (pattern: RegExp, where: RegExp = /./): string[] =>
  sources.filter(({ file, code }) => where.test(file) && pattern.test(code)).map(({ file }) => file)

test('evaluate is asked by decideAccess alone', () => {
  equal(filesWith(/\bevaluate\(/), [
    'packages/core/src/access/evaluate.ts',
    'packages/core/src/contracts/consent/decide.ts',
  ])
})

test('nothing outside the room of access makes a permission', () => {
  const made = filesWith(/outcome:\s*['"]permit['"]/).filter(
    (file) => !file.startsWith('packages/core/src/access/'),
  )
  equal(made, [])
})

test('legs, chunks, agents, queries and explanations ask decideAccess', () => {
  const asking = filesWith(/\bdecide(Access|Records|Reading)\(/, /^packages\/node\//)
  for (const part of [
    'disclosure/admit-statement.ts',
    'disclosure/permitted-chunks.ts',
    'disclosure/key-agent.ts',
    'directory/explain.ts',
    'research/query/visible-records.ts',
    'research/query/visible-units.ts',
  ])
    ok(asking.includes(`packages/node/src/${part}`), part)
})

/** What each does with the terms of grants; none of it lets anybody read. */
const LOOKING: Readonly<Record<string, string>> = {
  'api/routes/charts.ts': 'tells the public facts',
  'directory/grant-envelopes.ts': 'destroys envelopes of grants that ended',
  'directory/granted-charts.ts': 'names charts of a person to ask for; each reading of them is decided',
  'disclosure/agent-scopes.ts': 'finds lists to prove membership in',
  'disclosure/key-agent.ts': 'finds envelopes with keys; decideAccess says whether they serve',
  'disclosure/own-proofs.ts': 'chooses which proof to show',
  'research/broker/hand-over.ts': 'finds what may be due; every row is disclosed before it is handed over',
  'research/broker/receive.ts': 'drops rows of grants that ended; visibleGrants decides on the rest',
}

test('who looks at the terms of grants in the node says what for', () => {
  const looking = filesWith(/\b(revokedHeight|isDeny|scopeDigest)\b/, /^packages\/node\/src\//)
  const unnamed = looking
    .map((file) => file.replace('packages/node/src/', ''))
    .filter((file) => !(file in LOOKING))
  equal(unnamed, [], 'a decision about reading belongs to access/evaluate.ts')
})

test.run()
