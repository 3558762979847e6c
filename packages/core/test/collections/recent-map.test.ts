import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRecentMap } from '../../src/collections/index.ts'

test('what is asked for stays, and the weight of all has a bound', () => {
  const map = createRecentMap<number, string>(100, ({ length }) => length)
  map.set(0, 'ab')
  for (let key = 1; key <= 200; key++) {
    map.set(key, 'ab')
    assert.is(map.get(0), 'ab')
  }
  const kept = Array.from({ length: 201 }, (_, key) => map.get(key)).filter((value) => value !== undefined)
  assert.ok(kept.length >= 20 && kept.length <= 50, `${kept.length} kept`)
})

test('what is set anew is what is given, null too', () => {
  const map = createRecentMap<string, number | null>(3)
  for (const value of [3, 0, null, 2, null]) {
    map.set('one', value)
    assert.is(map.get('one'), value)
  }
  assert.is(map.get('other'), undefined)
})

test.run()
