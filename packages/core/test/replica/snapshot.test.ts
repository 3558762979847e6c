import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { unwrap } from '../../src/encoding/index.ts'
import { takeSnapshot } from '../../src/replica/index.ts'
import { type Cluster, createCluster, heightOf, startAll } from './cluster.ts'
import { portsOf } from './cluster-disk.ts'
import { idOf } from './cluster-keys.ts'
import { isConverged, maxHeight, submitMany } from './cluster-load.ts'
import { installedDisk, stateOf } from './installed-disk.ts'

/** Four validators with `turns` bursts of transactions, `pauseMs` apart; gives what was submitted. */
const liveCluster = (seed: number, turns: number, pauseMs: number) => {
  const cluster = createCluster({ size: 4, seed, latencyMs: 1 })
  startAll(cluster)
  const all: Uint8Array[] = []
  for (let turn = 0; turn < turns; turn++) {
    all.push(...submitMany(cluster, 4, `s${turn}-`))
    cluster.run(pauseMs)
  }
  cluster.run(1500)
  return { cluster, all }
}

const nodeOf = (cluster: Cluster, index: number) => {
  const node = cluster.nodes[index]
  if (!node) throw new Error(`no node ${index}`)
  return node
}

/** Node 3 starts again from the snapshot of node 0, and nothing else. */
const startFromSnapshot = (cluster: Cluster): number => {
  const { disk } = nodeOf(cluster, 0)
  const snapshot = unwrap(takeSnapshot(portsOf(disk), []))
  cluster.crash(3)
  nodeOf(cluster, 3).disk = installedDisk(cluster.genesis, snapshot, (height) => disk.blocks[height - 1])
  cluster.start(3)
  return snapshot.manifest.recentBlocks.fromHeight
}

const recentOf = (cluster: Cluster, index: number, all: readonly Uint8Array[]): boolean[] =>
  all.map((bytes) => nodeOf(cluster, index).replica?.isRecent(idOf(bytes)) === true)

test('a chain opened from a snapshot equals the replayed one, and goes on as it does', () => {
  const { cluster, all } = liveCluster(3, 10, 120_000)
  const fromHeight = startFromSnapshot(cluster)
  assert.ok(fromHeight > 1, 'ten minutes do not reach back to the beginning')
  cluster.until('caught up', () => heightOf(nodeOf(cluster, 3)) >= maxHeight(cluster))
  cluster.crash(2)
  cluster.start(2)
  cluster.until('equal states', () => isConverged(cluster))
  const replayed = recentOf(cluster, 2, all)
  assert.equal(recentOf(cluster, 3, all), replayed)
  assert.ok(replayed.includes(true) && replayed.includes(false))

  cluster.until('a voice', () => nodeOf(cluster, 3).replica?.status().abstaining === undefined)
  const height = maxHeight(cluster)
  cluster.crash(1)
  const more = submitMany(cluster, 6, 'later')
  cluster.until('all committed without node 1', () =>
    [0, 2, 3].every((index) => recentOf(cluster, index, more).every((isHere) => isHere)),
  )
  assert.ok(maxHeight(cluster) > height)
  cluster.run(3000)
  assert.is(stateOf(nodeOf(cluster, 3).disk), stateOf(nodeOf(cluster, 0).disk))
  assert.is(nodeOf(cluster, 3).halted, undefined)
})

test('all nodes write a checkpoint at the heights of snapshots', () => {
  const options = { snapshotBlocks: 20, checkpointBlocks: 7 }
  const cluster = createCluster({ size: 4, seed: 5, latencyMs: 1, options })
  startAll(cluster)
  for (const height of [20, 40]) {
    for (const { index, disk } of cluster.nodes) {
      cluster.until(`node ${index} at ${height}`, () => disk.checkpoint?.height === height, 200_000)
    }
  }
})

test('a snapshot of a node that took one is the same', () => {
  const { cluster } = liveCluster(4, 3, 2000)
  startFromSnapshot(cluster)
  cluster.until('equal states', () => isConverged(cluster))
  const [first, second] = [0, 3].map((index) => {
    cluster.crash(index)
    return nodeOf(cluster, index).disk
  })
  const same = (disk: typeof first) => unwrap(takeSnapshot(portsOf(disk as never), []))
  const [a, b] = [same(first), same(second)]
  if (a.manifest.header.height === b.manifest.header.height) assert.equal(a.chunks, b.chunks)
  const again = installedDisk(cluster.genesis, b, (height) => second?.blocks[height - 1])
  assert.equal(unwrap(takeSnapshot(portsOf(again), [])).manifest, b.manifest)
})

test.run()
