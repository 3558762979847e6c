import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { readJson, readJsonDocument } from '../../src/fhir/json/read-json.ts'
import { isJsonArray, isJsonObject } from '../../src/fhir/json/value.ts'
import { writeJson } from '../../src/fhir/json/write-json.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const codeOf = (bytes: Uint8Array | string): string => {
  const read = readJson(typeof bytes === 'string' ? bytesOf(bytes) : bytes)
  return read.ok ? 'ok' : read.code
}

const suite = testData('json-parsing')
if (suite === undefined) notRun('the JSON torture files are not on this machine')
else {
  test('JSONTestSuite: y_ parses, n_ does not, i_ does not crash', () => {
    const names = readdirSync(suite).filter((name) => name.endsWith('.json'))
    ok(names.length > 150)
    for (const name of names) {
      const code = codeOf(readFileSync(path.join(suite, name)))
      if (name.startsWith('n_')) ok(code !== 'ok', name)
      // RFC 8259 lets a reader refuse names that are not unique; a record must not mean two things.
      else if (name.startsWith('y_object_duplicated_key')) is(code, 'json.duplicate-key', name)
      else if (name.startsWith('y_')) is(code, 'ok', name)
    }
  })
}

test('agrees with JSON.parse on any value, in value and in text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const read = readJson(bytesOf(text))
      ok(read.ok)
      if (read.ok) equal(JSON.parse(writeJson(read.value)), JSON.parse(text))
    }),
    { numRuns: 300 },
  )
})

test('never throws on any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readJsonDocument(bytes)
    }),
    { numRuns: 500 },
  )
})

test('a changed byte of a text gives a value or a code', () => {
  const text = bytesOf('{"a":[1.50,"\\u00e9é",{"b":null}],"__proto__":{"c":true}}')
  for (let at = 0; at < text.length; at += 1) {
    for (const byte of [0, 0x22, 0x2c, 0x5c, 0x7b, 0x80, 0xff]) {
      const changed = text.slice()
      changed[at] = byte
      readJsonDocument(changed)
    }
  }
})

test('numbers keep their digits', () => {
  const read = readJson(bytesOf('{"a":6.50,"b":-0,"c":1e-7,"d":100000000000000000001}'))
  ok(read.ok)
  if (read.ok) is(writeJson(read.value), '{"a":6.50,"b":-0,"c":1e-7,"d":100000000000000000001}')
})

test('spans are the exact bytes of containers', () => {
  const text = '\ufeff {"é": [ {"x" : 1.0 } ]} '
  const bytes = bytesOf(text)
  const read = readJsonDocument(bytes)
  ok(read.ok)
  if (!read.ok) return
  const slices = [...read.value.spans.values()].map(({ start, end }) =>
    new TextDecoder().decode(bytes.subarray(start, end)),
  )
  equal(slices, ['{"x" : 1.0 }', '[ {"x" : 1.0 } ]', '{"é": [ {"x" : 1.0 } ]}'])
})

test('keys of Object.prototype are plain keys', () => {
  const read = readJson(bytesOf('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}'))
  ok(read.ok)
  if (!read.ok || !isJsonObject(read.value)) return
  equal(Object.keys(read.value), ['__proto__', 'constructor', 'toString'])
  is(({} as Record<string, unknown>)['polluted'], undefined)
  is(read.value['hasOwnProperty'], undefined)
})

test('refusals carry their code', () => {
  is(codeOf('{"a":1,"a":1}'), 'json.duplicate-key')
  is(codeOf('{"\\u0061":1,"a":1}'), 'json.duplicate-key')
  is(codeOf('"\\ud800"'), 'json.lone-surrogate')
  is(codeOf('"\\udc00\\ud800"'), 'json.lone-surrogate')
  is(codeOf('"a\nb"'), 'json.control-character')
  is(codeOf('{} {}'), 'json.syntax')
  is(codeOf(''), 'json.syntax')
  is(codeOf('NaN'), 'json.syntax')
  is(codeOf('['.repeat(100) + ']'.repeat(100)), 'ok')
  is(codeOf('['.repeat(101) + ']'.repeat(101)), 'json.depth')
  is(codeOf('['.repeat(1_000_000)), 'json.depth')
  is(codeOf(Uint8Array.of(0x22, 0xc0, 0x80, 0x22)), 'json.utf8')
  is(codeOf(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)), 'json.utf8')
  is(codeOf(Uint8Array.of(0x22, 0xf4, 0x90, 0x80, 0x80, 0x22)), 'json.utf8')
  is(codeOf(Uint8Array.of(0xff, 0xfe, 0x7b, 0x00)), 'json.encoding')
  const small = readJson(bytesOf('[1,2,3]'), { maxBytes: 6 })
  is(small.ok ? 'ok' : small.code, 'json.size')
})

test('long strings and arrays are read whole', () => {
  const long = 'x'.repeat(100_000)
  const read = readJson(
    bytesOf(JSON.stringify([long, `${long}é`, Array.from({ length: 5000 }, (_, index) => index)])),
  )
  ok(read.ok && isJsonArray(read.value))
  if (read.ok && isJsonArray(read.value)) equal([read.value[0], read.value[1]], [long, `${long}é`])
})

test.run()
