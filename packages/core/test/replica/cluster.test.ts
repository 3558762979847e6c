import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Cluster, createCluster, heightOf, startAll } from './cluster.ts'
import { enrolment, idOf } from './cluster-keys.ts'

const minHeight = (cluster: Cluster): number =>
  Math.min(...cluster.nodes.filter((node) => node.replica).map(heightOf))

const submitMany = (cluster: Cluster, count: number, prefix = 'p'): Uint8Array[] =>
  Array.from({ length: count }, (_, number) => {
    const index = number % 4
    const bytes = enrolment(
      cluster.genesis,
      index,
      `${prefix}${number}`,
      Math.floor(cluster.nowMs()) + 300_000,
    )
    if (cluster.nodes[index]?.replica) cluster.submit(index, bytes)
    return bytes
  })

const isOnChain = (cluster: Cluster, bytes: Uint8Array): boolean =>
  cluster.nodes.every((node) => !node.replica || node.replica.isRecent(idOf(bytes)))

test('four replicas decide the same blocks and agree on the state', () => {
  const cluster = createCluster({ size: 4, seed: 1 })
  startAll(cluster)
  const all = submitMany(cluster, 40)
  cluster.until('all transactions are committed', () => all.every((bytes) => isOnChain(cluster, bytes)))
  const roots = new Set(cluster.nodes.map((node) => node.replica?.status().stateRoot.join()))
  cluster.until('equal heights', () => new Set(cluster.nodes.map(heightOf)).size === 1)
  assert.is(new Set(cluster.nodes.map((node) => node.replica?.status().stateRoot.join())).size, 1)
  assert.ok(roots.size >= 1)
})

test.run()
