import * as fc from 'fast-check'
import { test } from 'uvu'
import { ok } from 'uvu/assert'
import { transactionsRootOfBlock } from '../../src/ledger/block.ts'
import { inclusionIn, verifyTransactionInclusion } from '../../src/proofs/transaction-inclusion.ts'

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte))

test('every transaction of a block is proven, and no other', () => {
  const blocks = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 40 }), {
    minLength: 1,
    maxLength: 20,
    selector: (bytes) => bytes.join(),
  })
  fc.assert(
    fc.property(blocks, fc.nat(), (transactions, seed) => {
      const header = { transactionsRoot: transactionsRootOfBlock(transactions) }
      const index = seed % transactions.length
      const proof = inclusionIn(transactions, index)
      ok(verifyTransactionInclusion(header, proof))
      ok(!verifyTransactionInclusion(header, { ...proof, transaction: flipped(proof.transaction) }))
      ok(!verifyTransactionInclusion(header, { ...proof, index: index + 1 }))
      ok(!verifyTransactionInclusion({ transactionsRoot: flipped(header.transactionsRoot) }, proof))
    }),
  )
})

test.run()
