// The project's own rules about its code, measured. Each message names the place.
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { errorCodesOf } from './tidy/error-codes.ts'
import { functionsOf } from './tidy/functions.ts'
import { findCycle, importsOf } from './tidy/imports.ts'
import { allFiles, lineAt, readSource, readText, type SourceFile } from './tidy/source-file.ts'

const files = allFiles()
const code = files.filter((file) => /\.(ts|tsx|mjs|js)$/.test(file)).map(readSource)
const sources = code.filter(({ file }) => /^packages\/\w+\/src\//.test(file))
const tests = code.filter(({ file }) => /\.test\.tsx?$/.test(file))
const core = sources.filter(({ file }) => file.startsWith('packages/core/'))
const pure = core.filter(({ file }) => !file.startsWith('packages/core/src/sealing/'))
const outsideCli = sources.filter(({ file }) => !file.startsWith('packages/cli/'))

const packages = ['core', 'node', 'cli']
// A folder imports only from folders before it.
const rooms = (
  'collections encoding crypto identity validators votes access ledger proofs state contracts mempool consensus sync ' +
  'replica requests sealing fhir research'
).split(' ')

test('files are short', () => {
  const lines = sources.map((source) => source.lines).sort((a, b) => a - b)
  const quantile = (part: number) => lines[Math.min(lines.length - 1, Math.floor(lines.length * part))] ?? 0
  ok(quantile(0.5) <= 100, `the median file has ${quantile(0.5)} lines, more than 100`)
  ok(quantile(0.9) < 250, `the 90th percentile has ${quantile(0.9)} lines, 250 or more`)
  none(
    code.filter((source) => source.lines > 400).map(({ file, lines }) => `${file}: ${lines} lines, over 400`),
  )
})

test('functions are short', () => {
  const spans = code.filter(({ file }) => !file.includes('/test/')).flatMap(functionsOf)
  none(
    spans
      .filter(({ ownLines }) => ownLines > 70)
      .map(({ at, ownLines }) => `${at}: ${ownLines} lines, over 70`),
  )
  none(
    spans
      .filter(({ lines }) => lines > 140)
      .map(({ at, lines }) => `${at}: ${lines} with inner functions, over 140`),
  )
  const short = spans.filter(({ ownLines }) => ownLines <= 40).length
  ok(short >= spans.length * 0.75, `only ${short} of ${spans.length} functions have 40 lines or fewer`)
})

test('no any', () => {
  absent(code, /(?:\bas|[:<,|&(=]|\bextends|=>)\s*any\b(?!\s*[:(\w])|\bany\[\]/g, 'any')
})

test('no console outside the CLI', () => {
  absent(outsideCli, /\bconsole\s*\./g, 'console')
})

test('the pure rooms know no clock, chance, locale, host or timer', () => {
  const banned = [
    /\bnew\s+Date\b|\bDate\s*[.(]/g,
    /\bMath\s*\.\s*random\b/g,
    /\b(setTimeout|setInterval|setImmediate|queueMicrotask|fetch|performance)\s*[.(]/g,
    /\bprocess\s*\./g,
    /\bIntl\s*\.|\.(localeCompare|toLocale\w+)\s*\(/g,
    /\b(async|await)\b(?!\s*[:,?])/g,
  ]
  for (const pattern of banned) absent(pure, pattern, 'not for a pure room')
  const host = core.flatMap(importsOf).filter(({ specifier }) => /^(node:|@medchain\/)/.test(specifier))
  none(host.map(({ from, specifier }) => `${from}: imports ${specifier}`))
})

test('imports point downwards between packages, which meet only at index.ts', () => {
  const wrong = sources.flatMap(importsOf).filter(({ from, specifier, target }) => {
    const own = packageOf(from)
    if (target !== undefined) return !target.startsWith(`packages/${own}/src/`)
    const other = /^@medchain\/(\w+)(\/.*)?$/.exec(specifier)
    return (
      other !== null && (other[2] !== undefined || packages.indexOf(other[1] ?? '') >= packages.indexOf(own))
    )
  })
  none(wrong.map(({ from, specifier }) => `${from}: imports ${specifier}`))
  const reaching = tests.flatMap(importsOf).filter(({ from, target }) => {
    const other = /^packages\/(\w+)\/src\//.exec(target ?? '')
    return from.startsWith('packages/') && other !== null && other[1] !== packageOf(from)
  })
  none(reaching.map(({ from, specifier }) => `${from}: reaches into another package with ${specifier}`))
})

test('imports point downwards between the rooms of core', () => {
  const unknown = core.map(({ file }) => roomOf(file)).filter((room) => room !== '' && !rooms.includes(room))
  none([...new Set(unknown)].map((room) => `packages/core/src/${room} has no place in the order of rooms`))
  const wrong = core.flatMap(importsOf).filter(({ from, target }) => {
    if (target === undefined || roomOf(from) === '') return false
    if (roomOf(target) === 'sealing' && roomOf(from) !== 'sealing') return true
    return rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(from)) || roomOf(target) === ''
  })
  none(wrong.map(({ from, specifier }) => `${from}: imports ${specifier}, which stands above it`))
})

test('ARCHITECTURE.md says what every room owns', () => {
  const matrix = readText('ARCHITECTURE.md')
  const named = new Set(
    sources.map(({ file }) => file.split('/')[3] ?? '').filter((room) => !room.includes('.')),
  )
  none(
    [...named].filter((room) => !matrix.includes(`\`${room}`)).map((room) => `ARCHITECTURE.md lacks ${room}`),
  )
})

test('no import cycles', () => {
  equal(findCycle(sources.flatMap(importsOf))?.join(' → '), undefined)
})

test('relative imports name their file ending', () => {
  const bare = code.flatMap(importsOf).filter(({ target }) => target !== undefined && !/\.\w+$/.test(target))
  none(bare.map(({ from, specifier }) => `${from}: ${specifier}`))
})

test('no skipped or lonely tests, and every test file runs', () => {
  absent(tests, /\b\w*(test|suite|Test|Suite)\s*\.\s*(skip|only)\b/g, 'skipped or only')
  none(
    tests
      .filter((source) => !/\.run\(\)/.test(source.code))
      .map(({ file }) => `${file}: never calls test.run()`),
  )
})

test('every error code is documented', () => {
  const page = files.includes('docs/errors.md') ? readText('docs/errors.md') : ''
  const used = new Set(sources.flatMap(errorCodesOf).map((each) => each.code))
  const missing = [...used].filter((each) => !page.includes(`\n| \`${each}\` | `))
  none(missing.map((each) => `docs/errors.md lacks ${each}; npm run document-errors adds it`))
  none(
    [...page.matchAll(/^\| `([^`]+)` \|\s*\|$/gm)].map(
      ([, each]) => `docs/errors.md has no sentence for ${each}`,
    ),
  )
})

test('no empty catch', () => {
  for (const { file, text, code: bare } of code) {
    const empty = [
      ...text.matchAll(/\bcatch\s*(\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/g),
    ]
    none(
      empty.filter(({ index }) => bare[index] !== ' ').map(({ index }) => `${file}:${lineAt(text, index)}`),
    )
  }
})

test('names say what is inside', () => {
  const vague = /(^|-)(utils?|helpers?|common|managers?|misc)(-|$)/
  const named = code.filter(({ file }) => /^(packages|test|scripts|bench)\//.test(file))
  none(
    named
      .filter(({ file }) => file.split('/').some((part) => vague.test(stem(part))))
      .map(({ file }) => file),
  )
  none(
    named
      .filter(({ file }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem(path.basename(file))))
      .map(({ file }) => file),
  )
  absent(sources, /\bexport\s+default\b/g, 'a default export')
})

test('the project speaks of itself alone', () => {
  // Written in pieces, so that this file does not find itself.
  const foreign = [
    ['registry', 'npmjs'],
    ['npmjs', 'org'],
    ['registry', 'yarnpkg'],
  ].map((parts) => parts.join('.'))
  const places = ['work', 'shared', 'design'].map((name) => `/${name}/`)
  const banned = [...foreign, places[0] ?? '', `shared${places[2]?.slice(0, -1)}`]
  for (const file of files) {
    const text = readText(file)
    none(banned.filter((each) => text.includes(each)).map((each) => `${file}: mentions ${each}`))
    if (file !== 'test/data.ts')
      ok(!text.includes(`shared${'/data'}`), `${file}: only test/data.ts names that folder`)
  }
})

function none(problems: readonly string[]): void {
  ok(problems.length === 0, `\n  ${problems.slice(0, 40).join('\n  ')}`)
}

function absent(where: readonly SourceFile[], pattern: RegExp, what: string): void {
  none(
    where.flatMap(({ file, code: text }) =>
      [...text.matchAll(pattern)].map(
        ({ index, 0: found }) => `${file}:${lineAt(text, index)}: ${found.trim()} (${what})`,
      ),
    ),
  )
}

function packageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function roomOf(file: string): string {
  return /^packages\/core\/src\/([^/]+)\//.exec(file)?.[1] ?? ''
}

function stem(name: string): string {
  return name.split('.')[0] || name.slice(1)
}

test.run()
