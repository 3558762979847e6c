// The tidy rules are only as good as these readers: each must find what it is for.
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { blankLiterals } from './blank-literals.ts'
import { errorCodesOf } from './error-codes.ts'
import { functionsOf } from './functions.ts'
import { findCycle, importsOf } from './imports.ts'
import type { SourceFile } from './source-file.ts'

const source = (text: string, file = 'packages/core/src/a/b.ts'): SourceFile => ({
  file,
  text,
  code: blankLiterals(text),
  lines: text.split('\n').length,
})

test('literals and comments become blank, code in templates stays', () => {
  const cases: [string, string][] = [
    ["f('a { b') // c", "f('     ')     "],
    ['/* any */ x', '          x'],
    ['`a${ b({ c: 1 }) }d`', '` ${ b({ c: 1 }) } `'],
    ['`${`x${y}`}`', '`${` ${y}`}`'],
    ["s.replace(/['{]/g, '}')", "s.replace(/    /g, ' ')"],
    ['a / b / c', 'a / b / c'],
    ["<p>don't {name}</p>", "<p>don't {name}</p>"],
  ]
  for (const [text, expected] of cases) equal(blankLiterals(text), expected)
})

test('functions are told from other braces', () => {
  const text = [
    'export function a(x: { y: number }): Promise<Map<string, () => void>> {',
    '  if (x) {',
    '  }',
    '}',
    'const b = (x: number) => {',
    '}',
    'class C {',
    '  d(): void {',
    '    const e = { f: 1 }',
    '  }',
    '}',
    'const g = x ? h(1) : { i: 2 }',
    'function j() {',
    '  return {',
    '    k: () => {',
    '    },',
    '  }',
    '}',
  ].join('\n')
  const lengths = functionsOf(source(text)).map(
    (each) => `${each.at.split(':')[1]}+${each.lines}/${each.ownLines}`,
  )
  equal(lengths.sort(), ['1+4/4', '13+6/4', '15+2/2', '5+2/2', '8+3/3'])
})

test('imports are found in every form, but not in comments', () => {
  const text = [
    "import type { A } from './a.ts'",
    "import '../c.ts'",
    "const d = await import('@medchain/core')",
    "export * from './e.ts'",
    "// import { f } from './f.ts'",
  ].join('\n')
  equal(
    importsOf(source(text)).map(({ target, specifier }) => target ?? specifier),
    ['packages/core/src/a/a.ts', 'packages/core/src/c.ts', '@medchain/core', 'packages/core/src/a/e.ts'],
  )
})

test('a cycle is found and named', () => {
  const edge = (from: string, target: string) => ({ from, target, specifier: target })
  equal(findCycle([edge('a', 'b'), edge('b', 'c'), edge('a', 'c')]), undefined)
  equal(findCycle([edge('x', 'a'), edge('a', 'b'), edge('b', 'a')]), ['a', 'b', 'a'])
})

test('error codes are found where they are used and where they are listed', () => {
  const use =
    "refuse('consent.none', text); return { code: 'block.wrong-parent' }; f('not.one'); g('json.size', 'Too big.')"
  equal(errorCodesOf(source(use)), [
    { code: 'consent.none', sentence: undefined },
    { code: 'block.wrong-parent', sentence: undefined },
    { code: 'json.size', sentence: 'Too big.' },
  ])
  const list = "export const codes = { 'rx.cii-refill': 'No refills.' }"
  equal(errorCodesOf(source(list, 'packages/core/src/a/rx-codes.ts')), [
    { code: 'rx.cii-refill', sentence: 'No refills.' },
  ])
})

test.run()
