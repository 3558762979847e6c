// alone: blocks a second
import { randomBytes } from 'node:crypto'
import { unwrap } from '@medchain/core'
import { test } from 'uvu'
import { ok } from 'uvu/assert'
import { measureImport } from '../bench/chain/core-import.ts'
import { createGenesis } from '../packages/node/src/config/index.ts'
import { generateNodeKeys, memberFromKeys } from '../packages/node/src/config/node-keys.ts'
import { useNativeHashes } from '../packages/node/src/keystore/index.ts'
import { createSigner, signatureVerifier } from '../packages/node/src/replica/index.ts'
import { buildChain } from '../packages/node/test/snapshots/built-chain.ts'

useNativeHashes()

const keys = Array.from({ length: 4 }, generateNodeKeys)
const members = keys.map((own, index) =>
  memberFromKeys(own, { name: `h${index}`, role: 'hospital', addresses: [], isValidator: true }),
)
const genesis = unwrap(createGenesis(members, { name: 'speed', timeMs: 1000 }))

/** Processor time of checking one signature on this machine: what the costs are told in. */
const verificationSeconds = (): number => {
  const signer = createSigner(generateNodeKeys().votingSeed)
  const message = new Uint8Array(randomBytes(120))
  const signature = signer.sign(message)
  const started = process.cpuUsage()
  const count = 3_000
  for (let turn = 0; turn < count; turn++) signatureVerifier.verify(signer.publicKey, message, signature)
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6 / count
}

/** Cost of one block, or of one transaction, in verifications; the faster of three runs, as others run beside it. */
const costOf = (blocks: number, transactionsPerBlock: number): number => {
  const chain = buildChain({ genesis, keys, heights: blocks, transactionsPerBlock, intervalMs: 1000 }).blocks
  const things = blocks * transactionsPerBlock
  const runs = [1, 2, 3].map(() => measureImport(genesis, chain).seconds / things / verificationSeconds())
  return Math.min(...runs)
}

test('a small block is taken at the price of a few signatures, those of its certificate among them', () => {
  const cost = costOf(300, 1)
  console.log(`# a block of one transaction: ${cost.toFixed(1)} verifications`)
  ok(cost < 16, `${cost.toFixed(1)} verifications`)
})

test('a transaction below a certificate is taken at about the price of one signature', () => {
  const cost = costOf(30, 50)
  console.log(`# a transaction of fifty in a block: ${cost.toFixed(2)} verifications`)
  ok(cost < 3, `${cost.toFixed(2)} verifications`)
})

test.run()
