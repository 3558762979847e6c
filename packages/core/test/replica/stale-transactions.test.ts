import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createCluster, heightOf, startAll } from './cluster.ts'
import { enrolment } from './cluster-keys.ts'
import { areCommitted, isConverged } from './cluster-load.ts'

test('hundreds of stale transactions in front of a good one cost no heartbeat and no round', () => {
  const cluster = createCluster({ size: 4, seed: 4 })
  startAll(cluster)
  cluster.until('a block', () => cluster.nodes.every((node) => heightOf(node) >= 1) && isConverged(cluster))
  const expiryMs = Math.floor(cluster.nowMs()) + 300_000
  for (let at = 0; at < 400; at++)
    cluster.submit(0, enrolment(cluster.genesis, 0, 'one person', expiryMs + at))
  const good = enrolment(cluster.genesis, 0, 'another person', expiryMs)
  cluster.submit(0, good)
  cluster.until('it is committed', () => areCommitted(cluster, [good]), 2000)
  const rounds = cluster.nodes[0]?.replica?.status().blocks.map(({ commitRound }) => commitRound)
  assert.ok(rounds?.every((round) => round === 0))
})

test.run()
