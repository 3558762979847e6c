import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { anyItem } from '../../../../test/harness/any-item.ts'
import {
  blob,
  bool,
  bytes,
  concatBytes,
  decode,
  decodeView,
  encode,
  exactly,
  list,
  optional,
  type Schema,
  struct,
  text,
  uint,
  variant,
  word,
} from '../../src/encoding/index.ts'

type Act = { readonly type: 'give'; readonly to: Uint8Array } | { readonly type: 'end'; readonly at: number }

interface Letter {
  readonly version: number
  readonly acts: readonly Act[]
  readonly note: string | undefined
  readonly flags: { readonly isOpen: boolean; readonly colour: 'red' | 'blue'; readonly seal: Uint8Array }
}

const letter = struct<Letter>({
  version: exactly(1),
  acts: list(variant<Act>({ give: struct({ to: bytes(32) }), end: struct({ at: uint(99) }) }), 3),
  note: optional(text(8)),
  flags: struct({ isOpen: bool, colour: word(['red', 'blue']), seal: blob(100) }),
})

const SAMPLE: Letter = {
  version: 1,
  acts: [
    { type: 'give', to: new Uint8Array(32).fill(7) },
    { type: 'end', at: 30 },
  ],
  note: 'späte',
  flags: { isOpen: true, colour: 'blue', seal: new Uint8Array(100).fill(9) },
}

const reasonOf = (schema: Schema<unknown>, data: Uint8Array): string => {
  const decoded = decode(schema, data)
  assert.equal(decodeView(schema, data), decoded)
  assert.is(decoded.ok ? 'ok' : decoded.code, 'encoding.malformed')
  return decoded.ok ? '' : decoded.message.replace('The bytes do not decode: ', '')
}

const changed = (...steps: readonly [...(string | number)[], unknown]): Uint8Array => {
  const item = structuredClone([
    1,
    [
      ['give', [new Uint8Array(32)]],
      ['end', [30]],
    ],
    null,
    [true, 'red', new Uint8Array(3)],
  ])
  const place = steps
    .slice(0, -2)
    .reduce<unknown>((at, step) => (at as unknown[])[step as number], item) as unknown[]
  place[steps.at(-2) as number] = steps.at(-1)
  return encode(anyItem, item as never)
}

test('what has another shape is refused with its place', () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [encode(anyItem, 5), '$: expected an array of 4.'],
    [encode(anyItem, [1, [], null]), '$: expected an array of 4.'],
    [changed(0, 2), '$.version: expected the number 1.'],
    [changed(1, 7), '$.acts: expected a list of at most 3 items.'],
    [changed(1, [0, 0, 0, 0]), '$.acts: expected a list of at most 3 items.'],
    [changed(1, 1, ['end']), '$.acts[1]: expected a tagged pair.'],
    [changed(1, 1, 0, 4), '$.acts[1]: expected a tagged pair.'],
    [changed(1, 1, 0, 'ending'), '$.acts[1]: expected one of give, end.'],
    [changed(1, 1, 1, 0, 100), '$.acts[1].end.at: expected an unsigned integer up to 99.'],
    [changed(1, 0, 1, 0, new Uint8Array(31)), '$.acts[0].give.to: expected 32 bytes.'],
    [changed(2, 'far too long'), '$.note: expected text of at most 8 characters.'],
    [changed(3, 0, null), '$.flags.isOpen: expected a boolean.'],
    [changed(3, 1, 'reds'), '$.flags.colour: expected one of red, blue.'],
    [changed(3, 2, new Uint8Array(101)), '$.flags.seal: expected at most 100 bytes.'],
  ]
  for (const [data, reason] of cases) assert.is(reasonOf(letter as Schema<unknown>, data), reason)
})

test('what is no item at all is refused for that, whatever else is wrong before', () => {
  const bad = changed(0, 2)
  const reasons = [
    [bad.slice(0, -1), 'they end too early.'],
    [Uint8Array.of(...bad, 0), 'something follows them.'],
    [Uint8Array.of(0x82, 0x02, 0x18, 0x01), 'not canonical CBOR.'],
    [Uint8Array.of(0x82, 0x02, 0xa0), 'not canonical CBOR.'],
    [Uint8Array.of(0x82, 0x02, 0x62, 0xc3, 0x28), 'text is not UTF-8.'],
    [new Uint8Array(20).fill(0x81), 'nested too deeply.'],
  ] as const
  for (const [data, reason] of reasons) assert.is(reasonOf(letter as Schema<unknown>, data), reason)
})

test('E2: sixteen lists in one another and 262,144 items are the most', () => {
  const nested = (depth: number): Uint8Array => Uint8Array.of(...new Uint8Array(depth - 1).fill(0x81), 0x80)
  assert.ok(decode(anyItem, nested(16)).ok)
  assert.is(reasonOf(anyItem as Schema<unknown>, nested(17)), 'nested too deeply.')
  const many = list(list(uint(), 1), 1 << 20)
  const full = concatBytes(Uint8Array.of(0x9a, 0, 3, 255, 255), new Uint8Array(262_143).fill(0x80))
  assert.ok(decode(many, full).ok)
  const over = concatBytes(Uint8Array.of(0x9a, 0, 4, 0, 0), new Uint8Array(262_144).fill(0x80))
  assert.is(reasonOf(many as Schema<unknown>, over), 'too many items.')
})

test('both readings take the same bytes, and what they take is written back', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 3,
  })
  fc.assert(
    fc.property(changes, fc.nat({ max: 200 }), (places, cut) => {
      const data = encode(letter, SAMPLE).slice(0, cut > 190 ? -1 : undefined)
      for (const [place, byte] of places) data[place % data.length] = byte
      const decoded = decode(letter, data)
      assert.equal(decodeView(letter, data), decoded)
      if (decoded.ok) assert.equal(encode(letter, decoded.value), data)
    }),
    { numRuns: 3000 },
  )
})

test('a value read as a copy has memory of its own, one read as a view has that of the bytes', () => {
  const data = encode(letter, SAMPLE)
  const copy = decode(letter, data)
  const view = decodeView(letter, data)
  data.fill(0)
  assert.equal(copy, { ok: true, value: SAMPLE })
  assert.ok(copy.ok)
  assert.is(copy.value.flags.seal.buffer.byteLength, 100)
  assert.ok(view.ok)
  assert.is(view.value.flags.seal.buffer, data.buffer)
})

test('a value that has no encoding leaves nothing behind in the next one', () => {
  const pair = list(uint(5), 3)
  assert.throws(() => encode(pair, [1, 2, 6]), 'out of range')
  assert.throws(() => encode(pair, [1, 2, 3, 4]), 'more than 3 items')
  assert.throws(() => encode(bool, undefined as never), 'expected a boolean')
  assert.equal(encode(pair, [1]), Uint8Array.of(0x81, 1))
})

test('a value may be encoded while another is written', () => {
  const outer: Schema<Letter> = {
    write: (value) => blob(500).write(encode(letter, value)),
    read: letter.read,
  }
  const inner = encode(letter, SAMPLE)
  assert.equal(encode(list(outer, 2), [SAMPLE, SAMPLE]), encode(list(blob(500), 2), [inner, inner]))
})

test.run()
