import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { concatBytes, unwrap } from '../../src/encoding/index.ts'
import { decodeCommittedBlock, encodeCommittedBlock } from '../../src/ledger/block.ts'
import { decodeSyncResponse, encodeSyncResponse } from '../../src/sync/index.ts'
import { type Cluster, createCluster, heightOf, startAll } from './cluster.ts'
import { isConverged, maxHeight, submitMany } from './cluster-load.ts'

/** A chain of many small blocks on three of four validators. */
const longChain = (seed: number, heights: number): Cluster => {
  const cluster = createCluster({ size: 4, seed, latencyMs: 1 })
  startAll(cluster)
  for (let turn = 0; maxHeight(cluster) < heights; turn++) {
    submitMany(cluster, 4, `m${turn}-`)
    cluster.run(200)
  }
  cluster.crash(3)
  cluster.wipe(3)
  return cluster
}

test('a wiped node takes at least 500 blocks a second', () => {
  const cluster = longChain(1, 400)
  const target = maxHeight(cluster)
  // Processor time, so that a busy machine does not fail the test.
  const started = process.cpuUsage()
  cluster.start(3)
  cluster.until('caught up', () => heightOf(cluster.nodes[3] as never) >= target)
  const { user, system } = process.cpuUsage(started)
  const rate = target / ((user + system) / 1e6)
  assert.ok(rate > 500, `${rate.toFixed(0)} blocks/s`)
  cluster.until('equal states', () => isConverged(cluster))
})

test('blocks that a neighbour made up or changed are refused, and another one is asked', () => {
  for (const spoil of [
    (block: Uint8Array) => block.slice(0, -1),
    (block: Uint8Array) =>
      concatBytes(block.subarray(0, 300), Uint8Array.of((block[300] as number) ^ 1), block.subarray(301)),
    (block: Uint8Array) => concatBytes(block.subarray(0, -5), new Uint8Array(5)),
  ]) {
    const cluster = longChain(2, 40)
    const node = cluster.nodes[0]
    if (!node?.replica) throw new Error('no node')
    const honest = node.replica
    node.replica = {
      ...honest,
      handle: (input) =>
        honest.handle(input).map((effect) => {
          if (effect.type !== 'sync-respond') return effect
          const response = decodeSyncResponse(effect.bytes)
          if (!response.ok) throw new Error('own answer does not decode')
          return {
            ...effect,
            bytes: encodeSyncResponse({ ...response.value, blocks: response.value.blocks.map(spoil) }),
          }
        }),
    }
    cluster.start(3)
    cluster.until('caught up', () => isConverged(cluster) && maxHeight(cluster) >= 40)
    assert.is(cluster.nodes[3]?.halted, undefined)
  }
})

test('claims of great heights keep nobody from working', () => {
  const cluster = longChain(3, 20)
  const node = cluster.nodes[1]
  if (!node?.replica) throw new Error('no node')
  const honest = node.replica
  node.replica = {
    ...honest,
    handle: (input) =>
      honest
        .handle(input)
        .map((effect) =>
          effect.type === 'sync-respond'
            ? { ...effect, bytes: encodeSyncResponse({ headHeight: 1e9, blocks: [] }) }
            : effect,
        ),
  }
  cluster.start(3)
  cluster.until('caught up', () => isConverged(cluster) && maxHeight(cluster) >= 20)
})

test('blocks that nobody keeps any more are said to be missing, once a minute', () => {
  const cluster = longChain(6, 20)
  for (const { disk } of cluster.nodes.slice(0, 3)) delete disk.blocks[0]
  cluster.start(3)
  const said = () => cluster.nodes[3]?.logged.filter((event) => event === 'sync.pruned').length ?? 0
  cluster.until('said', () => said() > 0)
  cluster.run(30_000)
  assert.is(said(), 1)
  assert.is(heightOf(cluster.nodes[3] as never), 0)
})

test('a disk that is not to be trusted stops the node with a code', () => {
  const codeAfter = (change: (cluster: Cluster) => void): string | undefined => {
    const cluster = createCluster({ size: 4, seed: 4, options: { checkpointBlocks: 4 } })
    startAll(cluster)
    submitMany(cluster, 8, 'k')
    cluster.run(30_000)
    cluster.crash(0)
    change(cluster)
    cluster.start(0)
    return cluster.nodes[0]?.halted
  }
  const diskOf = (cluster: Cluster) => {
    const disk = cluster.nodes[0]?.disk
    if (!disk) throw new Error('no disk')
    return disk
  }
  assert.is(
    codeAfter(() => undefined),
    undefined,
  )
  assert.is(
    codeAfter((cluster) => diskOf(cluster).buckets.delete([...diskOf(cluster).buckets.keys()][0] ?? 0)),
    'state.damaged',
  )
  assert.is(
    codeAfter((cluster) => diskOf(cluster).blocks.splice(1)),
    'store.block-missing',
  )
  assert.is(
    codeAfter((cluster) => diskOf(cluster).blocks.splice(-1, 1, new Uint8Array(9))),
    'store.block-damaged',
  )
  const withoutQuorum = (bytes: Uint8Array): Uint8Array => {
    const { block, certificate } = unwrap(decodeCommittedBlock(bytes))
    const signatures = certificate.signatures.with(0, new Uint8Array(64))
    return encodeCommittedBlock({ block, certificate: { ...certificate, signatures } })
  }
  assert.is(
    codeAfter((cluster) => {
      const disk = diskOf(cluster)
      disk.checkpoint = undefined
      disk.buckets.clear()
      disk.blocks[1] = withoutQuorum(disk.blocks[1] as Uint8Array)
    }),
    'store.block-damaged',
  )
})

test.run()
