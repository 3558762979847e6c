// The specification names files and tests; this holds the names against the project.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { allFiles, readText, root } from './tidy/source-file.ts'

const page = readText('docs/spec/consensus.md')
const tests = allFiles('packages')
  .filter((file) => /\/test\/.*\.test\.tsx?$/.test(file))
  .map(readText)
  .join('\n')

const fileOf = (name: string): string =>
  name.startsWith('node/') ? `packages/node/src/${name.slice('node/'.length)}` : `packages/core/src/${name}`

const none = (faults: readonly string[]): void => equal(faults, [])

test('every file that the specification of consensus names exists', () => {
  const named = [...page.matchAll(/`((?:node\/)?[a-z-]+\/[a-z/-]+\.ts)`/g)].map(([, name = '']) => name)
  ok(named.length > 25)
  none(named.filter((name) => !existsSync(path.join(root, fileOf(name)))))
})

test('every test that it names exists, word for word', () => {
  const named = [...page.matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)].map(([, name = '']) => name)
  ok(named.length > 40)
  // The name of a row in a table of tests stands in a template.
  const isThere = (name: string): boolean =>
    tests.includes(name) || tests.includes(name.replace(/^.* (?=heals nothing$)/, '${what} '))
  none(named.filter((name) => !isThere(name)))
})

test('its lines are numbered without a gap', () => {
  const numbers = [...page.matchAll(/^- \*\*Q(\d+)\*\*/gm)].map(([, number]) => Number(number))
  equal(
    numbers,
    numbers.map((_, index) => index + 1),
  )
})

test.run()
