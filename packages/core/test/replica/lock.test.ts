import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeFrame } from '../../src/consensus/index.ts'
import { unwrap } from '../../src/encoding/index.ts'
import { createCluster, heightOf, startAll } from './cluster.ts'
import { areCommitted, isConverged, minHeight, submitMany } from './cluster-load.ts'

/**
 * Only one validator hears the commits of a height and decides; then it is cut off. The others, a quorum, must
 * come to the very same block, whatever they remember it by: the cluster fails on two blocks at one height.
 */
const decideAlone = (seed: number, between: (cluster: ReturnType<typeof createCluster>) => void): void => {
  const cluster = createCluster({ size: 4, seed })
  startAll(cluster)
  cluster.until('two blocks', () => minHeight(cluster) >= 2)
  cluster.until('equal states', () => isConverged(cluster))
  const alone = seed % 4
  const height = minHeight(cluster) + 1
  cluster.intercept = (_from, to, bytes) => {
    const frame = unwrap(decodeFrame(bytes))
    return frame.type === 'commit' && frame.height === height && frame.round === 0 && to !== alone
      ? undefined
      : bytes
  }
  const all = submitMany(cluster, 8, `k${seed}-`)
  cluster.until('one decides', () => heightOf(cluster.nodes[alone] as never) >= height, 30_000)
  for (const node of cluster.nodes) cluster.cut.add(`${alone}-${node.index}`).add(`${node.index}-${alone}`)
  assert.ok(cluster.nodes.every((node) => node.index === alone || heightOf(node) < height))
  between(cluster)
  cluster.until(
    'the others decide the same',
    () => cluster.nodes.every((node) => heightOf(node) >= height),
    60_000,
  )
  cluster.cut.clear()
  cluster.until('everything', () => areCommitted(cluster, all) && isConverged(cluster), 120_000)
}

test('a block that anybody may have decided is proposed again', () => {
  for (let seed = 1; seed <= 12; seed++) decideAlone(seed, () => undefined)
})

test('the lock outlives a crash of everybody who holds it', () => {
  for (let seed = 1; seed <= 12; seed++) {
    decideAlone(seed, (cluster) => {
      for (const { index } of cluster.nodes.filter((node) => node.index !== seed % 4)) {
        cluster.crash(index)
        cluster.start(index)
      }
    })
  }
})

test.run()
