import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createCluster, startAll } from './cluster.ts'
import { enrolment } from './cluster-keys.ts'
import { areCommitted, isConverged, maxHeight, minHeight, submitMany } from './cluster-load.ts'

test('four replicas decide the same blocks and agree on the state', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const cluster = createCluster({ size: 4, seed })
    startAll(cluster)
    const all = submitMany(cluster, 40, 'a')
    cluster.until('all transactions are committed', () => areCommitted(cluster, all), 10_000)
    cluster.until('equal states', () => isConverged(cluster), 10_000)
    for (const { replica } of cluster.nodes) assert.is(replica?.status().mempool.transactions, 0)
  }
})

test('an idle network makes heartbeat blocks and changes no round', () => {
  const cluster = createCluster({ size: 4, seed: 3 })
  startAll(cluster)
  cluster.run(60_000)
  assert.ok(
    minHeight(cluster) >= 10 && maxHeight(cluster) <= 14,
    `${minHeight(cluster)}…${maxHeight(cluster)}`,
  )
  for (const { replica } of cluster.nodes) {
    assert.ok(replica?.status().blocks.every((block) => block.commitRound === 0 && block.transactions === 0))
  }
})

test('a lossy, slow network still agrees', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const cluster = createCluster({ size: 4, seed, loss: 0.2, latencyMs: 60 })
    startAll(cluster)
    const all = submitMany(cluster, 20, 'l')
    cluster.until('all transactions are committed', () => areCommitted(cluster, all), 180_000)
  }
})

test('one dead validator: the others go on, and it catches up when it is back', () => {
  for (let dead = 0; dead < 4; dead++) {
    const cluster = createCluster({ size: 4, seed: 10 + dead })
    startAll(cluster)
    cluster.until('a first block', () => minHeight(cluster) >= 1)
    cluster.crash(dead)
    const all = submitMany(cluster, 12, 'd')
    cluster.until('commits without it', () => areCommitted(cluster, all))
    cluster.run(20_000)
    assert.ok(
      cluster.nodes.some(({ replica }) => replica?.status().blocks.some((block) => block.commitRound > 0)),
    )
    cluster.start(dead)
    const more = submitMany(cluster, 12, 'e')
    cluster.until('commits with it', () => areCommitted(cluster, [...all, ...more]))
    cluster.until('equal states', () => isConverged(cluster))
  }
})

test('a proposer that dies with its turn costs a round, not the height', () => {
  const cluster = createCluster({ size: 4, seed: 21 })
  startAll(cluster)
  cluster.until('three blocks', () => minHeight(cluster) >= 3)
  const proposer = cluster.nodes[0]?.replica?.status().proposer
  const dead = cluster.nodes.findIndex(({ replica }) => {
    const state = replica?.status()
    return state && state.validators[state.selfIndex]?.institution.join() === proposer?.join()
  })
  cluster.crash(dead)
  const beforeMs = cluster.nowMs()
  const all = submitMany(cluster, 6, 'p')
  cluster.until('commits', () => areCommitted(cluster, all), 5000)
  assert.ok(cluster.nowMs() - beforeMs < 3000)
})

test('two of four dead: nothing is decided; one back: everything goes on without a restart', () => {
  const cluster = createCluster({ size: 4, seed: 31 })
  startAll(cluster)
  cluster.until('two blocks', () => minHeight(cluster) >= 2)
  cluster.crash(0)
  cluster.crash(1)
  cluster.run(1000)
  const stuckAt = maxHeight(cluster)
  const all = submitMany(cluster, 4, 'q')
  cluster.run(120_000)
  assert.ok(maxHeight(cluster) <= stuckAt)
  cluster.start(0)
  cluster.until('commits again', () => areCommitted(cluster, all), 60_000)
  cluster.start(1)
  cluster.until('equal states', () => isConverged(cluster) && minHeight(cluster) > stuckAt + 1, 60_000)
})

test('a partition into halves decides nothing and heals', () => {
  const cluster = createCluster({ size: 4, seed: 41 })
  startAll(cluster)
  cluster.until('two blocks', () => minHeight(cluster) >= 2)
  for (const a of [0, 1]) for (const b of [2, 3]) cluster.cut.add(`${a}-${b}`).add(`${b}-${a}`)
  cluster.run(1000)
  const stuckAt = maxHeight(cluster)
  const all = submitMany(cluster, 8, 'h')
  cluster.run(60_000)
  assert.ok(maxHeight(cluster) <= stuckAt)
  cluster.cut.clear()
  cluster.until('commits again', () => areCommitted(cluster, all), 60_000)
})

test('an observer follows', () => {
  const cluster = createCluster({ size: 4, observers: 1, seed: 51 })
  startAll(cluster)
  const bytes = enrolment(cluster.genesis, 0, 'through an observer', cluster.nowMs() + 60_000)
  cluster.submit(4, bytes)
  const all = [bytes, ...submitMany(cluster, 10, 'o')]
  cluster.until('commits', () => areCommitted(cluster, all), 20_000)
  assert.is(cluster.nodes[4]?.replica?.status().selfIndex, -1)
})

test('clocks that differ by seconds do not stop the chain', () => {
  const cluster = createCluster({ size: 4, seed: 61 })
  for (const [index, skewMs] of [0, 400, -2000, -300].entries()) {
    const node = cluster.nodes[index]
    if (node) node.clockSkewMs = skewMs
  }
  startAll(cluster)
  const all = submitMany(cluster, 12, 'c')
  cluster.until('commits', () => areCommitted(cluster, all), 30_000)
})

test('seven validators lose two and go on', () => {
  const cluster = createCluster({ size: 7, seed: 71 })
  startAll(cluster)
  cluster.until('a block', () => minHeight(cluster) >= 1)
  cluster.crash(2)
  cluster.crash(5)
  const all = submitMany(cluster, 14, 's')
  cluster.until('commits', () => areCommitted(cluster, all), 30_000)
})

test('after a restart status shows the stored blocks', () => {
  const cluster = createCluster({ size: 4, seed: 81 })
  startAll(cluster)
  cluster.until('blocks', () => minHeight(cluster) >= 3)
  const before = cluster.nodes[0]?.replica?.status()
  cluster.crash(0)
  cluster.start(0)
  const after = cluster.nodes[0]?.replica?.status()
  assert.ok((before?.blocks.length ?? 0) >= 3)
  assert.equal(after?.blocks, before?.blocks)
  assert.equal(after?.headHash, before?.headHash)
  assert.equal(after?.stateRoot, before?.stateRoot)
})

test.run()
