import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTurnoverMap } from '../../src/collections/index.ts'

const KEYS = 200

test('it is a Map, whatever is done to it', () => {
  let longest = 0
  const step = fc.tuple(fc.constantFrom('set', 'set', 'set', 'delete', 'delete'), fc.nat(KEYS))
  const steps = fc.array(step, { minLength: 600, maxLength: 2_000, size: 'max' })
  fc.assert(
    fc.property(steps, (all) => {
      longest = Math.max(longest, all.length)
      const turned = createTurnoverMap<number, number>()
      const plain = new Map<number, number>()
      for (const [at, [what, key]] of all.entries()) {
        if (at % 999 === 0) {
          turned.clear()
          plain.clear()
        } else if (what === 'set') {
          turned.set(key, at)
          plain.set(key, at)
        } else assert.is(turned.delete(key), plain.delete(key))
        assert.is(turned.size, plain.size)
        assert.is(turned.get(key), plain.get(key))
        assert.is(turned.has(key), plain.has(key))
      }
      assert.equal([...turned], [...plain])
      assert.equal([...turned.keys()], [...plain.keys()])
      assert.equal([...turned.values()], [...plain.values()])
    }),
    { numRuns: 30 },
  )
  assert.ok(longest > 3 * KEYS, `${longest} steps at most renew nothing`)
})

test('many that wait for long are kept, and in their order', () => {
  const map = createTurnoverMap<number, string>()
  for (let key = 0; key < 5_000; key++) map.set(key, `${key}`)
  for (let key = 0; key < 4_000; key++) map.delete(key)
  for (let key = 5_000; key < 12_000; key++) map.set(key, `${key}`)
  assert.is(map.size, 8_000)
  assert.equal([...map.keys()].slice(0, 3), [4_000, 4_001, 4_002])
})

test('another Map stands behind it after a while', () => {
  const map = createTurnoverMap<number, number>()
  map.set(-1, -1)
  const before = map.keys()
  for (let key = 0; key < 1_000; key++) {
    map.set(key, key)
    map.delete(key)
  }
  map.set(1_000, 1_000)
  assert.equal([...map.keys()], [-1, 1_000])
  // An iterator of a Map goes on through what is set later, if it is still the same one.
  assert.is([...before].includes(1_000), false)
})

test.run()
