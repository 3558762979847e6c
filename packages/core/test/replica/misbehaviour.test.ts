import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeFrame } from '../../src/consensus/index.ts'
import type { ReplicaEffect } from '../../src/replica/index.ts'
import { createCluster, startAll } from './cluster.ts'

const blamed = (effects: readonly ReplicaEffect[]): string[] =>
  effects.flatMap((effect) => (effect.type === 'misbehaved' ? [`${effect.peer} ${effect.code}`] : []))

/** What a replica at height 1 says of a frame from its neighbour. */
const judge = (bytes: Uint8Array): string[] => {
  const cluster = createCluster({ size: 4, seed: 5 })
  startAll(cluster)
  cluster.run(20)
  const replica = cluster.nodes[0]?.replica
  if (!replica) throw new Error('no replica')
  return blamed(replica.handle({ type: 'frame', from: 'neighbour', bytes, nowMs: cluster.nowMs() }))
}

const prepareAt = (height: number): Uint8Array =>
  encodeFrame({
    type: 'prepare',
    height,
    round: 0,
    sender: 2,
    blockHash: new Uint8Array(32),
    signature: new Uint8Array(64),
  })

test('bytes that are no frame, and false signatures of this height, count against who sent them', () => {
  assert.equal(judge(Uint8Array.of(1, 2, 3)), ['neighbour encoding.malformed'])
  assert.equal(judge(prepareAt(1)), ['neighbour vote.bad-signature'])
})

test('a signature of a height to come blames nobody: its set may be another one', () => {
  assert.equal(judge(prepareAt(4)), [])
})

test('what a neighbour can say without end is logged once a height', () => {
  const cluster = createCluster({ size: 4, seed: 5 })
  startAll(cluster)
  cluster.run(20)
  const replica = cluster.nodes[0]?.replica
  const nowMs = cluster.nowMs()
  const lines = Array.from({ length: 200 }, () =>
    replica?.handle({ type: 'frame', from: 'neighbour', bytes: prepareAt(4), nowMs }),
  ).flatMap((effects) => (effects ?? []).filter((effect) => effect.type === 'log'))
  assert.is(lines.length, 1)
})

test.run()
