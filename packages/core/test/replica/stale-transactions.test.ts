import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createCluster, heightOf, startAll } from './cluster.ts'
import { enrolment } from './cluster-keys.ts'
import { areCommitted, isConverged } from './cluster-load.ts'
import { createMember, genesis } from './lone-member.ts'

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

test('of what has become stale a validator looks at a part at a time, and at the rest a moment later', () => {
  const follower = createMember(2)
  const nowMs = genesis.timeMs + 10
  follower.start(nowMs)
  for (let at = 0; at < 150; at++) {
    const bytes = enrolment(genesis, 2, `somebody ${at}`, nowMs + 40)
    follower.give(nowMs, { type: 'submit', token: at, bytes })
  }
  const looks = [200, 201, 202].map((ms) => follower.fire('propose', nowMs + ms))
  const dropped = looks.map((effects) => effects.filter(({ type }) => type === 'dropped').length)
  assert.is(
    dropped.reduce((sum, count) => sum + count),
    150,
  )
  assert.ok(Math.max(...dropped) <= 64, `${dropped} at a time`)
})

test.run()
