import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TurnoverMap } from '../../src/collections/index.ts'

type Step = readonly ['set' | 'delete' | 'clear', number]

test('it is a Map, whatever is done to it', () => {
  const step = fc.tuple(
    fc.constantFrom<Step[0]>('set', 'set', 'set', 'delete', 'delete', 'clear'),
    fc.integer({ min: 0, max: 40 }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1_000 }), (steps) => {
      const turned = new TurnoverMap<number, number>()
      const plain = new Map<number, number>()
      for (const [at, [what, key]] of steps.entries()) {
        if (what === 'set') {
          turned.set(key, at)
          plain.set(key, at)
        } else if (what === 'clear' && at % 50 === 0) {
          turned.clear()
          plain.clear()
        } else assert.is(turned.delete(key), plain.delete(key))
        assert.is(turned.size, plain.size)
        assert.is(turned.get(key), plain.get(key))
        assert.is(turned.has(key), plain.has(key))
      }
      assert.equal([...turned], [...plain])
      assert.equal([...turned.keys()], [...plain.keys()])
      assert.equal([...turned.values()], [...plain.values()])
    }),
    { numRuns: 50 },
  )
})

test('many that wait for long are kept, and in their order', () => {
  const map = new TurnoverMap<number, string>()
  for (let key = 0; key < 5_000; key++) map.set(key, `${key}`)
  for (let key = 0; key < 4_000; key++) map.delete(key)
  for (let key = 5_000; key < 12_000; key++) map.set(key, `${key}`)
  assert.is(map.size, 8_000)
  assert.equal([...map.keys()].slice(0, 3), [4_000, 4_001, 4_002])
})

test.run()
