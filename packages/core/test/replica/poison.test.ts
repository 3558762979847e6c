import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeFrame } from '../../src/consensus/index.ts'
import { blob, encode, list, refuse } from '../../src/encoding/index.ts'
import { type LedgerRules, NETWORK_RULES } from '../../src/replica/index.ts'
import { createCluster, startAll } from './cluster.ts'
import { enrolment, idOf } from './cluster-keys.ts'
import { areCommitted, isConverged, submitMany } from './cluster-load.ts'

const isPoison = (pending: Parameters<LedgerRules['execute']>[0], id: Uint8Array): boolean =>
  pending.txId.join() === id.join()

test('a transaction on which the rules break is refused everywhere and stops nobody', () => {
  const cluster = createCluster({
    size: 4,
    seed: 1,
    rulesOf: () => ({
      ...NETWORK_RULES,
      execute: (pending, ...rest) => {
        if (isPoison(pending, poisonId)) throw new Error('broken rule')
        return NETWORK_RULES.execute(pending, ...rest)
      },
    }),
  })
  const poison = enrolment(cluster.genesis, 0, 'poison', cluster.nowMs() + 300_000)
  const poisonId = idOf(poison)
  startAll(cluster)
  cluster.submit(0, poison)
  assert.is(cluster.nodes[0]?.results.get(1), 'tx.poison')
  const all = submitMany(cluster, 8, 'n')
  cluster.until('commits', () => areCommitted(cluster, all))
})

test('a false signature is looked at once, not again after each block', () => {
  let looks = 0
  const cluster = createCluster({
    size: 4,
    seed: 3,
    rulesOf: () => ({
      ...NETWORK_RULES,
      execute: (pending, ...rest) => {
        if (isPoison(pending, falseId)) looks += 1
        return NETWORK_RULES.execute(pending, ...rest)
      },
    }),
  })
  const sound = enrolment(cluster.genesis, 0, 'false', cluster.nowMs() + 300_000)
  const forged = sound.with(-1, (sound.at(-1) as number) ^ 1)
  const falseId = idOf(forged)
  startAll(cluster)
  const bundle = encode(list(blob(1024), 1024), [forged])
  const bytes = encodeFrame({ type: 'bundle', bundle })
  cluster.nodes[1]?.replica?.handle({ type: 'frame', from: 'n0', bytes, nowMs: cluster.nowMs() })
  const all = submitMany(cluster, 8, 'n')
  cluster.until('commits', () => areCommitted(cluster, all))
  assert.is(looks, 1)
})

test('a transaction on which nodes disagree never stops the chain', () => {
  // Two nodes think it good, two do not: every block that carries it fails, every other one passes.
  const cluster = createCluster({
    size: 4,
    seed: 2,
    rulesOf: (index) => ({
      ...NETWORK_RULES,
      execute: (pending, ...rest) =>
        index > 1 && isPoison(pending, poisonId)
          ? refuse('test.no', '')
          : NETWORK_RULES.execute(pending, ...rest),
    }),
  })
  const poison = enrolment(cluster.genesis, 0, 'poison', cluster.nowMs() + 300_000)
  const poisonId = idOf(poison)
  startAll(cluster)
  cluster.submit(0, poison)
  const all = submitMany(cluster, 8, 'n')
  cluster.until('commits', () => areCommitted(cluster, all), 120_000)
  cluster.until('equal states', () => isConverged(cluster), 60_000)
})

test('what stood in several failed proposals is left out for a while, and not for good', () => {
  // Everybody builds with it, and nobody can judge it when another one did: the first to execute it at a block's time.
  let isBroken = true
  const builders = new Map<number, number>()
  const cluster = createCluster({
    size: 4,
    seed: 5,
    rulesOf: (index) => ({
      ...NETWORK_RULES,
      execute: (pending, reader, context, verifier) => {
        if (!isPoison(pending, poisonId)) return NETWORK_RULES.execute(pending, reader, context, verifier)
        const builder = builders.get(context.timeMs) ?? index
        builders.set(context.timeMs, builder)
        return isBroken && builder !== index
          ? refuse('test.no', '')
          : NETWORK_RULES.execute(pending, reader, context, verifier)
      },
    }),
  })
  const poison = enrolment(cluster.genesis, 0, 'poison', cluster.nowMs() + 590_000)
  const poisonId = idOf(poison)
  startAll(cluster)
  cluster.submit(0, poison)
  const slow = new Set<number>()
  let heights = 0
  for (let turn = 0; turn < 40; turn++) {
    const all = submitMany(cluster, 1, `q${turn}-`)
    cluster.until('commits', () => areCommitted(cluster, all), 120_000)
    for (const { height, commitRound } of cluster.nodes[0]?.replica?.status().blocks ?? []) {
      heights = Math.max(heights, height)
      if (commitRound >= 2) slow.add(height)
    }
  }
  assert.ok(slow.size >= 2 && slow.size * 5 < heights, `${slow.size} of ${heights} heights were slow`)
  assert.not.ok(cluster.nodes[0]?.replica?.isRecent(poisonId))
  isBroken = false
  cluster.until('it commits after all', () => areCommitted(cluster, [poison]), 200_000)
})

test('a clock that is set back or forward by an hour on one node stops nobody, itself included', () => {
  for (const jumpMs of [-3_600_000, 3_600_000, -30_000]) {
    const cluster = createCluster({ size: 4, seed: 3 })
    startAll(cluster)
    cluster.run(12_000)
    const [node] = cluster.nodes
    if (!node) throw new Error('no node')
    node.clockSkewMs = jumpMs
    const all = submitMany(cluster, 16, 'j')
    cluster.run(20_000)
    // What was handed to the node itself may have been refused as expired or too far ahead.
    const others = all.filter((_, number) => number % 4 !== 0)
    cluster.until('commits', () => areCommitted(cluster, others), 60_000)
    cluster.until('equal states', () => isConverged(cluster), 60_000)
    assert.is(node.halted, undefined)
  }
})

test.run()
