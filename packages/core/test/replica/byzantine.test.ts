import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type BlockOutline,
  type ConsensusFrame,
  decodeFrame,
  encodeFrame,
  isConsensusMessage,
} from '../../src/consensus/index.ts'
import { hexFromBytes, unwrap } from '../../src/encoding/index.ts'
import { blockHash } from '../../src/ledger/block.ts'
import { institutionIdOf, networkIdOf } from '../../src/ledger/genesis.ts'
import { type VoteType, voteMessage } from '../../src/votes/vote.ts'
import { type Cluster, createCluster, startAll } from './cluster.ts'
import { createRandom, fakeSigner } from './cluster-keys.ts'
import { areCommitted, isConverged, minHeight, submitMany } from './cluster-load.ts'

const LIAR = 1

/** A second block for the same place, and votes for it, signed with the liar's own key. */
const createTwin = (cluster: Cluster) => {
  const member = cluster.genesis.members[LIAR]
  if (!member) throw new Error('no liar')
  const signer = fakeSigner(member.votingKey)
  const networkId = networkIdOf(cluster.genesis)
  const twins = new Map<string, Uint8Array>()
  const signed = (height: number, round: number, type: VoteType, hash: Uint8Array): Uint8Array =>
    signer.sign(voteMessage({ networkId, height, round, type, blockHash: hash }))
  const twinOf = (outline: BlockOutline): BlockOutline => ({
    ...outline,
    header: { ...outline.header, timeMs: outline.header.timeMs + 1 },
  })
  return (frame: ConsensusFrame): ConsensusFrame => {
    if (frame.type === 'proposal' && frame.prepared === undefined) {
      const outline = twinOf(frame.outline)
      const hash = blockHash(outline.header)
      twins.set(hexFromBytes(blockHash(frame.outline.header)), hash)
      return { ...frame, outline, signature: signed(frame.height, frame.round, 'proposal', hash) }
    }
    if (frame.type !== 'prepare' && frame.type !== 'commit') return frame
    const hash = twins.get(hexFromBytes(frame.blockHash)) ?? frame.blockHash
    return { ...frame, blockHash: hash, signature: signed(frame.height, frame.round, frame.type, hash) }
  }
}

test('a proposer that tells halves different things cannot fork the chain', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = createCluster({ size: 4, seed })
    const twin = createTwin(cluster)
    cluster.intercept = (from, to, frame) =>
      from === LIAR && to % 2 === 0 ? encodeFrame(twin(unwrap(decodeFrame(frame)))) : frame
    startAll(cluster)
    const all = submitMany(cluster, 12, `b${seed}-`)
    cluster.until('commits all the same', () => areCommitted(cluster, all), 120_000)
    cluster.until('equal states', () => isConverged(cluster), 60_000)
  }
})

test('both versions seen by one validator are evidence against the liar and nobody else', () => {
  const cluster = createCluster({ size: 4, seed: 7 })
  const twin = createTwin(cluster)
  cluster.intercept = (from, to, frame) => {
    const other = from === LIAR ? encodeFrame(twin(unwrap(decodeFrame(frame)))) : frame
    if (from === LIAR && to === 0) cluster.inject(0, { type: 'frame', from: `peer-${LIAR}`, bytes: other })
    return frame
  }
  startAll(cluster)
  const all = submitMany(cluster, 12, 'ev')
  cluster.until('commits all the same', () => areCommitted(cluster, all), 120_000)
  cluster.until('a turn of the liar', () => minHeight(cluster) >= 8, 60_000)
  const liar = cluster.genesis.members[LIAR]
  assert.ok((cluster.nodes[0]?.evidence.length ?? 0) > 0)
  for (const node of cluster.nodes) {
    for (const entry of node.evidence) assert.ok(liar && entry.endsWith(hexFromBytes(institutionIdOf(liar))))
  }
})

test('poison bytes in every channel are ignored', () => {
  const cluster = createCluster({ size: 4, seed: 8 })
  startAll(cluster)
  const random = createRandom(8)
  const seen: Uint8Array[] = []
  cluster.intercept = (_from, _to, frame) => {
    if (seen.length < 200) seen.push(frame)
    return frame
  }
  const first = submitMany(cluster, 12, 'g')
  cluster.until('commits', () => areCommitted(cluster, first))
  for (let turn = 0; turn < 1500; turn++) {
    const base = seen[Math.floor(random() * seen.length)] ?? new Uint8Array(3)
    const bytes = base.slice(0, random() < 0.3 ? Math.floor(random() * base.length) : base.length)
    for (let flips = 0; flips < 3; flips++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    const channel = turn % 6
    const from = `peer-${LIAR}`
    if (channel === 0) cluster.inject(0, { type: 'frame', from, bytes })
    else if (channel === 1) cluster.inject(0, { type: 'gossip', from, topic: 'blocks', token: 1, bytes })
    else if (channel === 2) cluster.inject(0, { type: 'gossip', from, topic: 'bundles', token: 1, bytes })
    else if (channel === 3) cluster.inject(0, { type: 'sync-response', from, token: turn % 9, bytes })
    else if (channel === 4) cluster.inject(0, { type: 'submit', token: 1, bytes })
    else cluster.inject(0, { type: 'frame', from: 'peer-3', bytes: base })
    if (turn % 100 === 0) cluster.run(50)
  }
  const all = submitMany(cluster, 12, 'h')
  cluster.until('commits', () => areCommitted(cluster, all))
  for (const node of cluster.nodes) assert.is(node.halted, undefined)
})

test('a validator that stays silent or only talks of round changes stops nobody', () => {
  const cluster = createCluster({ size: 4, seed: 9 })
  cluster.intercept = (from, _to, frame) =>
    from === LIAR && unwrap(decodeFrame(frame)).type !== 'round-change' ? undefined : frame
  startAll(cluster)
  const all = submitMany(cluster, 12, 'r')
  cluster.until('commits', () => areCommitted(cluster, all), 60_000)
})

test('more liars than may be: the checker reports the fork', () => {
  let forks = 0
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = createCluster({
      size: 4,
      seed,
      options: { roundTimeoutMs: 100_000, roundTimeoutMsMax: 100_000 },
    })
    const member = cluster.genesis.members
    const networkId = networkIdOf(cluster.genesis)
    const liars = [0, 1]
    const outlines = new Map<string, BlockOutline>()
    // Two liars vote for whatever either honest validator is told: node 2 hears one block, node 3 its twin.
    cluster.intercept = (from, to, bytes) => {
      const frame = unwrap(decodeFrame(bytes))
      if (!liars.includes(from)) return bytes
      if (!isConsensusMessage(frame) || frame.type === 'round-change' || liars.includes(to)) return bytes
      const sign = (type: VoteType, hash: Uint8Array): Uint8Array =>
        fakeSigner(member[from]?.votingKey ?? new Uint8Array(32)).sign(
          voteMessage({ networkId, height: frame.height, round: frame.round, type, blockHash: hash }),
        )
      if (frame.type === 'proposal') {
        const { header } = frame.outline
        outlines.set(hexFromBytes(blockHash(header)), frame.outline)
        if (to === 2) return bytes
        const outline = { ...frame.outline, header: { ...header, timeMs: header.timeMs + 1 } }
        return encodeFrame({ ...frame, outline, signature: sign('proposal', blockHash(outline.header)) })
      }
      const outline = outlines.get(hexFromBytes(frame.blockHash))
      if (to === 2 || !outline) return bytes
      const hash = blockHash({ ...outline.header, timeMs: outline.header.timeMs + 1 })
      return encodeFrame({ ...frame, blockHash: hash, signature: sign(frame.type, hash) })
    }
    for (const pair of ['2-3', '3-2']) cluster.cut.add(pair)
    try {
      startAll(cluster)
      submitMany(cluster, 4, `f${seed}-`)
      cluster.run(30_000)
    } catch (error) {
      assert.match(String(error), /two blocks at height/)
      forks += 1
    }
  }
  assert.ok(forks > 0, 'no fork was made, so the checker proves nothing')
})

test.run()
