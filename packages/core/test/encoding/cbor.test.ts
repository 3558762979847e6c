import { decode as cborDecode, encode as cborEncode } from 'cborg'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { anyItem, type Item } from '../../../../test/harness/any-item.ts'
import {
  blob,
  bool,
  bytes,
  decode,
  encode,
  firstMember,
  list,
  optional,
  type Schema,
  struct,
  text,
  uint,
  variant,
  word,
} from '../../src/encoding/index.ts'

interface Sample {
  readonly count: number
  readonly id: Uint8Array
  readonly name: string
  readonly tags: readonly ('a' | 'b')[]
  readonly note: Uint8Array | undefined
  readonly isOpen: boolean
}

const sample = struct<Sample>({
  count: uint(),
  id: bytes(4),
  name: text(40),
  tags: list(word(['a', 'b']), 5),
  note: optional(blob(8)),
  isOpen: bool,
})

const arbitrarySample = fc.record(
  {
    count: fc.maxSafeNat(),
    id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    name: fc.string({ unit: 'grapheme', maxLength: 5 }),
    tags: fc.array(fc.constantFrom('a' as const, 'b' as const), { maxLength: 5 }),
    note: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: undefined }),
    isOpen: fc.boolean(),
  },
  { noNullPrototype: true },
)

test('a value comes back as it was', () => {
  fc.assert(
    fc.property(arbitrarySample, (value) => {
      const decoded = decode(sample, encode(sample, value))
      assert.ok(decoded.ok)
      assert.equal(decoded.value, value)
    }),
  )
})

test('no two byte strings decode to one value', () => {
  fc.assert(
    fc.property(arbitrarySample, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, flip) => {
      const data = encode(sample, value)
      data[place % data.length] = (data[place % data.length] as number) ^ flip
      const decoded = decode(sample, data)
      if (decoded.ok) assert.equal(encode(sample, decoded.value), data)
    }),
  )
})

/** Items of every kind, nested. */
const arbitraryItem: fc.Arbitrary<Item> = fc.letrec<{ item: Item }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.maxSafeNat(),
    fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32),
    fc.uint8Array({ maxLength: 70 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('item'), { maxLength: 6 }),
  ),
})).item

const GENERAL = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
}

const isPlain = (item: unknown): boolean => {
  if (Array.isArray(item)) return item.every(isPlain)
  if (typeof item === 'number') return Number.isSafeInteger(item) && item >= 0
  return typeof item === 'string' || typeof item === 'boolean' || item === null || item instanceof Uint8Array
}

/** What a general reader makes of the bytes, if writing that again gives these very bytes. */
const generally = (data: Uint8Array): Item | undefined => {
  try {
    const item: unknown = cborDecode(data, GENERAL)
    const isSame = isPlain(item) && Buffer.from(cborEncode(item)).equals(data)
    return isSame ? (item as Item) : undefined
  } catch {
    return undefined
  }
}

test('a general writer writes the same bytes', () => {
  fc.assert(
    fc.property(arbitraryItem, (item) => {
      assert.equal(encode(anyItem, item), new Uint8Array(cborEncode(item)))
    }),
    { numRuns: 500 },
  )
})

test('a general reader that writes again takes and refuses the same bytes', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 })
  fc.assert(
    fc.property(arbitraryItem, changes, (item, changed) => {
      const data = encode(anyItem, item)
      for (const [place, byte] of changed) data[place % data.length] = byte
      const decoded = decode(anyItem, data)
      const expected = generally(data)
      assert.is(decoded.ok, expected !== undefined, Buffer.from(data).toString('hex'))
      if (decoded.ok) assert.equal(encode(anyItem, decoded.value), data)
    }),
    { numRuns: 3000 },
  )
})

test('short random bytes are taken by both readers or by none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (data) => {
      assert.is(decode(anyItem, data).ok, generally(data) !== undefined, Buffer.from(data).toString('hex'))
    }),
    { numRuns: 20_000 },
  )
})

test('the first member of an encoded list is its own encoding', () => {
  fc.assert(
    fc.property(arbitraryItem, arbitraryItem, (first, second) => {
      assert.equal(firstMember(encode(anyItem, [first, second])), encode(anyItem, first))
    }),
  )
})

const refused = <T>(schema: Schema<T>, hex: string): void => {
  const data = Uint8Array.from(Buffer.from(hex, 'hex'))
  const decoded = decode(schema, data)
  assert.not(decoded.ok, hex)
  assert.is((decoded as { code: string }).code, 'encoding.malformed')
}

test('RFC 8949 §4.2: longer forms, indefinite lengths, tags, maps, floats and trailing bytes are refused', () => {
  const numbers = list(uint(), 10)
  refused(numbers, '8118ff00')
  refused(numbers, '811801')
  refused(numbers, '81190001')
  refused(numbers, '9801ff')
  refused(numbers, '9f01ff')
  refused(numbers, '81c101')
  refused(numbers, 'a0')
  refused(numbers, '81f93c00')
  refused(numbers, '8120')
  refused(numbers, '81f7')
  refused(numbers, '811bffffffffffffffff')
  refused(numbers, '81')
  refused(numbers, '')
})

test('deep nesting is refused without recursion', () => {
  const deep = new Uint8Array(1_000_000).fill(0x81)
  assert.not(decode(list(uint(), 1), deep).ok)
  assert.not(decode(list(uint(), 1), new Uint8Array(100_000).fill(0x9b)).ok)
})

test('text that is not UTF-8 or holds a lone surrogate is refused', () => {
  refused(text(10), '62c328')
  assert.throws(() => encode(text(10), '\ud800'))
})

test('text keeps a leading byte order mark', () => {
  for (const title of ['\uFEFF', '\uFEFFa', `\uFEFF${'a'.repeat(300)}`, '\uFEFF\uFEFFä', 'a\uFEFF', '']) {
    const decoded = decode(list(text(400), 2), encode(list(text(400), 2), [title, 'b']))
    assert.equal(decoded, { ok: true, value: [title, 'b'] })
  }
})

test('millions of empty lists are refused before anyItem is built of them', () => {
  const data = new Uint8Array(24 * 1024 * 1024).fill(0x80)
  data.set([0x9a, 0x01, 0x7f, 0xff, 0xfb])
  const started = performance.now()
  assert.not(decode(list(uint(), 5), data, data.length).ok)
  assert.ok(performance.now() - started < 1000)
})

test('bytes decoded from a Buffer are plain and keep their own memory', () => {
  const data = Buffer.from(encode(list(blob(9), 1), [Uint8Array.of(1, 2)]))
  const decoded = decode(list(blob(9), 1), data)
  data.fill(0)
  assert.equal(decoded, { ok: true, value: [Uint8Array.of(1, 2)] })
})

test('too large inputs are refused by size alone', () => {
  const decoded = decode(blob(100), new Uint8Array(50), 10)
  assert.not(decoded.ok)
  assert.is((decoded as { code: string }).code, 'encoding.too-large')
})

test('a variant knows its kinds only', () => {
  type Shape = { readonly type: 'dot'; readonly at: number } | { readonly type: 'word'; readonly of: string }
  const shape = variant<Shape>({ dot: struct({ at: uint() }), word: struct({ of: text(9) }) })
  const decoded = decode(shape, encode(shape, { type: 'word', of: 'x' }))
  assert.ok(decoded.ok)
  assert.equal(decoded.value, { type: 'word', of: 'x' })
  assert.not(decode(shape, cborEncode(['constructor', [1]])).ok)
})

test.run()
