import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { accountIdFromDid, didFromAccountId } from '../../src/identity/index.ts'

test('an id comes back from its DID, whatever zeros it begins with', () => {
  for (const zeros of [0, 1, 31, 32]) {
    const id = new Uint8Array(32).fill(0xff).fill(0, 0, zeros)
    assert.equal(accountIdFromDid(didFromAccountId(id)), { ok: true, value: id })
  }
})

test('other methods, short forms and endless text are refused, the last at once', () => {
  const did = didFromAccountId(new Uint8Array(32).fill(7))
  const started = performance.now()
  for (const wrong of [
    did.slice(0, -1),
    `${did}1`,
    did.replace('medchain', 'key'),
    did + '2'.repeat(1_000_000),
  ])
    assert.not(accountIdFromDid(wrong).ok)
  assert.ok(performance.now() - started < 200)
})

test.run()
