// Seeds that found something, each under the name of what it found. `npm run sim -- --seed N --short` shows one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSeed } from './run-seed.ts'

const REGRESSIONS: readonly (readonly [string, number])[] = [
  ['one validator rounds ahead of the others under capped timeouts', 115],
  ['a height falsely reported to a validator without memory', 4],
]

for (const [what, seed] of REGRESSIONS) {
  test(what, () => {
    const { violation } = runSeed(seed, { isShort: true })
    assert.is(violation, undefined, violation?.message)
  })
}

test.run()
