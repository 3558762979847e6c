import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decode, encode, exactly } from '../../src/encoding/index.ts'
import { decodeTransaction, encodeTransaction, transactionSchema } from '../../src/ledger/index.ts'

const transaction = {
  body: {
    version: 1,
    networkId: new Uint8Array(32),
    sender: new Uint8Array(32),
    expiryMs: 1,
    salt: new Uint8Array(16),
    kind: 'a.b',
    payload: new Uint8Array(0),
  },
  signatures: [{ signer: new Uint8Array(32), signature: new Uint8Array(64) }],
}

test('a transaction of another version is refused', () => {
  const bytes = encodeTransaction(transaction)
  assert.ok(decodeTransaction(bytes).ok)
  // [[version, … : two array heads, then the version.
  for (const version of [0, 2]) assert.not(decodeTransaction(bytes.with(2, version)).ok)
  assert.throws(() =>
    encode(transactionSchema, { ...transaction, body: { ...transaction.body, version: 0 } }),
  )
})

test('exactly one number', () => {
  assert.ok(decode(exactly(1), Uint8Array.of(1)).ok)
  assert.not(decode(exactly(1), Uint8Array.of(0)).ok)
})

test.run()
