import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pendingFromBytes } from '../../src/contracts/index.ts'
import { bytesFromUint, concatBytes, nameFromBytes, ok, unwrap } from '../../src/encoding/index.ts'
import { institutionIdOf } from '../../src/ledger/genesis.ts'
import { encodeTransaction } from '../../src/ledger/transaction.ts'
import { createMempool } from '../../src/mempool/index.ts'
import { buildBlock } from '../../src/replica/build-block.ts'
import { createChain, genesisOrigin } from '../../src/replica/chain.ts'
import { executeBlock, proposerIndexAt } from '../../src/replica/execute-block.ts'
import { NETWORK_RULES } from '../../src/replica/index.ts'
import { judgingCostUs } from '../../src/replica/judging-cost.ts'
import { createStateTree } from '../../src/state/index.ts'
import { clusterGenesis, enrolment, fakeVerifier } from './cluster-keys.ts'

const genesis = clusterGenesis(4)
const timeMs = genesis.timeMs + 1000
const LIMITS = {
  transactionsMax: 5000,
  sizeBytesMax: 1e9,
  perAccountMax: 5000,
  perInstitutionMax: 5000,
  perInstitutionSizeBytesMax: 1e9,
}

/** A chain at height 0 that counts what it executes; each transaction writes `extraWrites` entries beside its own. */
const countingChain = (extraWrites = 0, blockWritesMax = NETWORK_RULES.blockWritesMax) => {
  const counted = { executions: 0 }
  const tree = createStateTree({ readBucket: () => [] }, [])
  tree.install(tree.deltaOf(NETWORK_RULES.genesisChanges(genesis)))
  const rules: typeof NETWORK_RULES = {
    ...NETWORK_RULES,
    blockWritesMax,
    execute: (...given) => {
      counted.executions += 1
      const outcome = NETWORK_RULES.execute(...given)
      if (!outcome.ok) return outcome
      const changes = new Map(outcome.value.changes)
      for (let at = 0; at < extraWrites; at++) {
        const key = concatBytes(given[0].txId, bytesFromUint(at, 4))
        changes.set(nameFromBytes(key), { key, value: key })
      }
      return ok({ ...outcome.value, changes })
    },
  }
  return { counted, chain: createChain(genesis, rules, tree, genesisOrigin(genesis)) }
}

test('what excludes itself costs its institution little of a block, and the others nothing', () => {
  const { counted, chain } = countingChain()
  const mempool = createMempool(LIMITS)
  const add = (member: number, name: string, expiryMs: number): void => {
    const institution = institutionIdOf(genesis.members[member] as (typeof genesis.members)[number])
    const pending = unwrap(pendingFromBytes(enrolment(genesis, member, name, expiryMs)))
    unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: false }))
  }
  for (let at = 0; at < 1000; at++) add(0, 'always the same person', timeMs + 60_000 + at)
  for (let at = 0; at < 50; at++) add(1, `somebody ${at}`, timeMs + 60_000)
  const [, , builder] = genesis.members
  const plan = {
    round: 0,
    timeMs,
    proposer: institutionIdOf(builder as (typeof genesis.members)[number]),
    costUsMax: 1e6,
    isHeldBack: () => false,
  }
  const { executed, dropped } = buildBlock(chain, mempool, plan, fakeVerifier)
  assert.is(executed.transactions.length, 51)
  assert.equal(dropped, [])
  assert.ok(counted.executions <= 51 + 2 * 64, `${counted.executions} executions`)
})

test('of large transactions that are refused a few are looked at', () => {
  const { counted, chain } = countingChain()
  const mempool = createMempool(LIMITS)
  const institution = new Uint8Array(32)
  for (let at = 0; at < 50; at++) {
    const body = {
      ...{ version: 1, networkId: chain.networkId, sender: institution, expiryMs: timeMs + 60_000 },
      ...{ salt: new Uint8Array(16).fill(at), kind: 'no.such', payload: new Uint8Array(30_000) },
    }
    const signatures = [{ signer: institution, signature: new Uint8Array(64) }]
    const pending = unwrap(pendingFromBytes(encodeTransaction({ body, signatures })))
    unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: false }))
  }
  const proposer = institutionIdOf(genesis.members[0] as (typeof genesis.members)[number])
  const plan = { round: 0, timeMs, proposer, costUsMax: 1e6, isHeldBack: () => false }
  const { dropped } = buildBlock(chain, mempool, plan, fakeVerifier)
  assert.is(dropped.length, 4)
  assert.is(counted.executions, 4)
})

test('a block takes others no longer to judge than its plan allows', () => {
  const { chain } = countingChain()
  const mempool = createMempool(LIMITS)
  const [member] = genesis.members
  const institution = institutionIdOf(member as (typeof genesis.members)[number])
  for (let at = 0; at < 20; at++) {
    const pending = unwrap(pendingFromBytes(enrolment(genesis, 0, `somebody ${at}`, timeMs + 60_000)))
    unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: false }))
  }
  const [first] = mempool.entries()
  const costUs = first ? judgingCostUs(first.pending) : 0
  const countIn = (round: number, times: number): number => {
    const plan = { round, timeMs, proposer: institution, costUsMax: times * costUs, isHeldBack: () => false }
    return buildBlock(chain, mempool, plan, fakeVerifier).executed.transactions.length
  }
  assert.is(countIn(0, 8.5), 8)
  assert.is(countIn(2, 8.5), 4)
  assert.is(countIn(0, 0.1), 1, 'one always fits')
  assert.is(countIn(4, 8.5), 0)
})

test('a small transaction that writes a thousand entries counts as what it costs', () => {
  const { chain } = countingChain(1000)
  const mempool = createMempool(LIMITS)
  const [member] = genesis.members
  const institution = institutionIdOf(member as (typeof genesis.members)[number])
  for (let at = 0; at < 20; at++) {
    const pending = unwrap(pendingFromBytes(enrolment(genesis, 0, `somebody ${at}`, timeMs + 60_000)))
    unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: false }))
  }
  const plan = { round: 0, timeMs, proposer: institution, costUsMax: 50_000, isHeldBack: () => false }
  assert.is(buildBlock(chain, mempool, plan, fakeVerifier).executed.transactions.length, 4)
})

test('the transactions of a block write so many entries, and one always fits', () => {
  const proposed = (extraWrites: number, blockWritesMax: number) => {
    const { chain } = countingChain(extraWrites, blockWritesMax)
    const mempool = createMempool(LIMITS)
    const institution = new Uint8Array(32)
    for (let at = 0; at < 20; at++) {
      const pending = unwrap(pendingFromBytes(enrolment(genesis, 0, `somebody ${at}`, timeMs + 60_000)))
      unwrap(mempool.add({ pending, institution, arrivedMs: timeMs, isOwn: false }))
    }
    const turn = genesis.members[proposerIndexAt(chain, 0)] as (typeof genesis.members)[number]
    const plan = {
      round: 0,
      timeMs,
      proposer: institutionIdOf(turn),
      costUsMax: 1e9,
      isHeldBack: () => false,
    }
    return buildBlock(chain, mempool, plan, fakeVerifier)
  }
  const judged = ({ executed: { block, hash } }: ReturnType<typeof proposed>, blockWritesMax: number) =>
    executeBlock(countingChain(99, blockWritesMax).chain, block, hash, { verifier: fakeVerifier })
  const all = proposed(99, 1e9)
  assert.is(all.executed.transactions.length, 20)
  assert.ok(judged(all, 1e9).ok)
  const few = proposed(99, 450)
  assert.equal(few.dropped, [])
  assert.is(few.executed.transactions.length, 4)
  assert.ok(judged(few, 450).ok)
  const refused = judged(all, 450)
  assert.is(refused.ok ? 'taken' : refused.code, 'block.too-many-writes')
  const one = proposed(99, 10)
  assert.is(one.executed.transactions.length, 1)
  assert.ok(judged(one, 10).ok)
})

test.run()
