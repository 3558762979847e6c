import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { networkIdOf } from '../../src/ledger/genesis.ts'
import { encodeLastSigned, type Replica } from '../../src/replica/index.ts'
import { createCluster, startAll } from './cluster.ts'
import { createDisk, type Disk } from './cluster-disk.ts'
import { areCommitted, isConverged, minHeight, submitMany } from './cluster-load.ts'

// Safety (one block a height, one signature a place, durable before sent) is checked by the cluster itself.

test('a crash at any effect boundary signs nothing twice and converges', () => {
  for (let seed = 1; seed <= 80; seed++) {
    const cluster = createCluster({ size: 4, seed, options: { checkpointBlocks: 4, checkpointMs: 300 } })
    startAll(cluster)
    cluster.until('a block', () => minHeight(cluster) >= 1)
    const victim = cluster.nodes[seed % 4]
    if (!victim) throw new Error('no victim')
    victim.crashIn = seed
    const first = submitMany(cluster, 6, `x${seed}-`)
    cluster.until('the crash', () => victim.replica === undefined, 60_000)
    cluster.run(seed % 5 === 0 ? 4000 : 20)
    cluster.start(victim.index)
    assert.is(victim.halted, undefined)
    const more = submitMany(cluster, 6, `y${seed}-`)
    const survivors = first.filter((_, number) => number % 4 !== victim.index)
    cluster.until('convergence', () => areCommitted(cluster, [...survivors, ...more]), 60_000)
    cluster.until('equal states', () => isConverged(cluster), 60_000)
  }
})

test('everybody crashing again and again loses nothing that was decided', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const cluster = createCluster({
      size: 4,
      seed,
      loss: 0.05,
      options: { checkpointBlocks: 3, checkpointMs: 200 },
    })
    startAll(cluster)
    for (let turn = 0; turn < 20; turn++) {
      for (const node of cluster.nodes)
        if (node.crashIn === undefined) node.crashIn = (seed * 7 + turn * 13 + node.index * 29) % 90
      if (cluster.nodes.some((node) => node.replica)) submitMany(cluster, 2, `z${seed}-${turn}-`)
      cluster.run(400)
      for (const node of cluster.nodes) if (!node.replica) cluster.start(node.index)
      for (const node of cluster.nodes) assert.is(node.halted, undefined)
    }
    for (const node of cluster.nodes) {
      node.crashIn = undefined
      if (!node.replica) cluster.start(node.index)
    }
    const all = submitMany(cluster, 8, `w${seed}-`)
    cluster.until('convergence', () => areCommitted(cluster, all), 120_000)
    cluster.until('equal states', () => isConverged(cluster), 60_000)
  }
})

test('a wiped validator catches up from height 1 and abstains only for a while', () => {
  const cluster = createCluster({ size: 4, seed: 5 })
  startAll(cluster)
  for (let turn = 0; turn < 20; turn++) {
    const all = submitMany(cluster, 4, `v${turn}-`)
    cluster.until('commits', () => areCommitted(cluster, all))
  }
  cluster.crash(2)
  cluster.wipe(2)
  cluster.start(2)
  assert.ok(cluster.nodes[2]?.replica?.status().abstaining)
  cluster.until('caught up', () => isConverged(cluster), 30_000)
  cluster.run(20_000)
  cluster.crash(3)
  const all = submitMany(cluster, 4, 'after')
  cluster.until('votes again', () => areCommitted(cluster, all), 60_000)
  assert.is(cluster.nodes[2]?.replica?.status().abstaining, undefined)
})

test('a lost or old WAL leaves the last signed height unsigned', () => {
  const cluster = createCluster({ size: 4, seed: 6 })
  startAll(cluster)
  cluster.until('two blocks', () => minHeight(cluster) >= 2)
  const [node] = cluster.nodes
  if (!node) throw new Error('no node')
  for (const wal of [undefined, node.disk.wal, new Uint8Array(7)]) {
    const all = submitMany(cluster, 4, `t${wal?.length}-`)
    cluster.until('commits', () => areCommitted(cluster, all))
    cluster.run(7)
    cluster.crash(0)
    node.disk.wal = wal
    cluster.start(0)
    assert.is(node.halted, undefined)
    const more = submitMany(cluster, 4, `u${wal?.length}-`)
    cluster.until('commits', () => areCommitted(cluster, more), 60_000)
  }
})

test('a validator that loses its memory in mid-height signs nothing twice', () => {
  const losses = [
    (disk: Disk) => Object.assign(disk, { wal: undefined }),
    (disk: Disk) => Object.assign(disk, { wal: undefined, lastSigned: undefined }),
    (disk: Disk) => Object.assign(disk, createDisk()),
  ]
  for (const lose of losses) {
    for (let seed = 1; seed <= 16; seed++) {
      const cluster = createCluster({ size: 4, seed })
      startAll(cluster)
      cluster.until('two blocks', () => minHeight(cluster) >= 2)
      const victim = cluster.nodes[seed % 4]
      if (!victim) throw new Error('no victim')
      victim.crashIn = seed * 2
      submitMany(cluster, 6, `lost${seed}-`)
      cluster.until('the crash', () => victim.replica === undefined, 60_000)
      lose(victim.disk)
      cluster.start(victim.index)
      assert.is(victim.halted, undefined)
      const all = submitMany(cluster, 6, `more${seed}-`)
      cluster.until('convergence', () => areCommitted(cluster, all), 60_000)
      cluster.run(12_000)
      assert.is(victim.replica && (victim.replica as Replica).status().abstaining, undefined)
    }
  }
})

test('an old copy of the whole disk is known by an own signature in a later block, and signs nothing twice', () => {
  for (let seed = 1; seed <= 24; seed++) {
    const cluster = createCluster({ size: 4, seed })
    startAll(cluster)
    cluster.until('two blocks', () => minHeight(cluster) >= 2)
    const victim = cluster.nodes[seed % 4]
    if (!victim) throw new Error('no victim')
    const copy: Disk = {
      ...victim.disk,
      blocks: [...victim.disk.blocks],
      buckets: new Map(victim.disk.buckets),
    }
    for (let turn = 0; turn < 5; turn++) {
      const kept = submitMany(cluster, 4, `kept${seed}-${turn}-`)
      cluster.until('commits', () => areCommitted(cluster, kept))
    }
    cluster.run(seed * 3)
    victim.crashIn = seed * 2
    submitMany(cluster, 6, `lost${seed}-`)
    cluster.until('the crash', () => victim.replica === undefined, 60_000)
    Object.assign(victim.disk, copy)
    cluster.start(victim.index)
    assert.is(victim.halted, undefined)
    cluster.until(
      'it knows',
      () => /^Nothing is known here|lost/.test(victim.replica?.status().abstaining ?? ''),
      60_000,
    )
    // A crash before the others have answered forgets nothing.
    cluster.crash(victim.index)
    cluster.start(victim.index)
    assert.match(
      (victim.replica as unknown as Replica).status().abstaining ?? '',
      /^Nothing is known here|lost/,
    )
    const all = submitMany(cluster, 6, `more${seed}-`)
    cluster.until('convergence', () => areCommitted(cluster, all), 60_000)
    cluster.run(12_000)
    assert.is((victim.replica as unknown as Replica).status().abstaining, undefined)
  }
})

test('a validator that starts for the first time late votes at once, so that one dead or lying one stops nothing', () => {
  const cluster = createCluster({ size: 4, seed: 504284 })
  for (const index of [0, 1, 3]) cluster.start(index)
  cluster.until('two blocks', () => (cluster.nodes[0]?.replica?.status().height ?? 0) >= 2)
  cluster.crash(3)
  const [, , late] = cluster.nodes
  if (!late) throw new Error('no node')
  late.disk.lastSigned = encodeLastSigned(networkIdOf(cluster.genesis), { height: 0, round: 0 })
  cluster.start(2)
  const all = submitMany(cluster, 4, 'late-')
  cluster.until('commits', () => areCommitted(cluster, all), 60_000)
})

test('more than f wiped validators wait for each other until one is told to vote', () => {
  const cluster = createCluster({ size: 4, seed: 3 })
  startAll(cluster)
  const first = submitMany(cluster, 4, 'kept-')
  cluster.until('commits', () => areCommitted(cluster, first))
  cluster.run(100)
  for (const index of [2, 3]) {
    cluster.crash(index)
    cluster.wipe(index)
    cluster.start(index)
  }
  cluster.until('both have the blocks', () => isConverged(cluster), 60_000)
  const head = minHeight(cluster)
  const more = submitMany(cluster, 4, 'more-')
  cluster.run(60_000)
  assert.is(minHeight(cluster), head)
  const [, , told] = cluster.nodes
  if (!told) throw new Error('no node')
  cluster.crash(2)
  told.disk.wal = undefined
  told.disk.lastSigned = encodeLastSigned(networkIdOf(cluster.genesis), { height: head, round: 0 })
  cluster.start(2)
  cluster.until('the chain goes on', () => minHeight(cluster) > head, 120_000)
  cluster.until('commits again', () => areCommitted(cluster, more), 120_000)
})

test.run()
