import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import {
  base32FromBytes,
  base58FromBytes,
  bytesFromBase32,
  bytesFromBase58,
  bytesFromHex,
  bytesFromUint,
  compareBytes,
  hexFromBytes,
  uintFromBytes,
} from '../../src/encoding/index.ts'

const anyBytes = fc.uint8Array({ maxLength: 64 })

test('hex, base32 and base58 come back as they were', () => {
  fc.assert(
    fc.property(anyBytes, (data) => {
      assert.equal(bytesFromHex(hexFromBytes(data)), { ok: true, value: data })
      assert.equal(bytesFromBase32(base32FromBytes(data)), { ok: true, value: data })
      assert.equal(bytesFromBase58(base58FromBytes(data)), { ok: true, value: data })
    }),
  )
})

test('text outside an alphabet, or with stray bits, is refused', () => {
  assert.not(bytesFromHex('0').ok)
  assert.not(bytesFromHex('zz').ok)
  assert.not(bytesFromBase32('A').ok)
  assert.not(bytesFromBase32('ab1').ok)
  assert.not(bytesFromBase32('ac').ok && bytesFromBase32('ab').ok)
  assert.not(bytesFromBase58('0OIl').ok)
})

test('unsigned integers keep their big-endian order', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (a, b) => {
      assert.is(uintFromBytes(bytesFromUint(a, 6)), a)
      assert.is(Math.sign(compareBytes(bytesFromUint(a, 6), bytesFromUint(b, 6))), Math.sign(a - b))
    }),
  )
})

const multibase = testData('crypto/multibase')
if (multibase === undefined) notRun('multibase vectors: the outside test data is not here')
else {
  for (const name of ['basic', 'leading_zero', 'two_leading_zeros']) {
    test(`multibase ${name}: base58btc and base32`, () => {
      const rows = readFileSync(`${multibase}/${name}.csv`, 'utf8').trim().split('\n')
      const quoted = (row: string): string => row.slice(row.indexOf('"') + 1, row.lastIndexOf('"'))
      const source = quoted(rows[0] as string).replaceAll('\\x00', '\0')
      const data = Uint8Array.from(Buffer.from(source))
      const expected = (base: string): string =>
        quoted(rows.find((row) => row.startsWith(`${base},`)) as string)
      assert.is(`z${base58FromBytes(data)}`, expected('base58btc'))
      assert.is(`b${base32FromBytes(data)}`, expected('base32'))
    })
  }
}

test.run()
