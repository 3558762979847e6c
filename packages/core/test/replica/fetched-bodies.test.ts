import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConsensusFrame, decodeFrame } from '../../src/consensus/index.ts'
import { equalBytes, unwrap } from '../../src/encoding/index.ts'
import { institutionIdOf } from '../../src/ledger/genesis.ts'
import { type Cluster, createCluster, heightOf, startAll } from './cluster.ts'
import { enrolment, idOf } from './cluster-keys.ts'
import { areCommitted, isConverged, minHeight, submitMany } from './cluster-load.ts'

/** A network at rest, and the member whose turn it is. */
const atRest = (seed: number) => {
  const cluster = createCluster({ size: 4, seed })
  startAll(cluster)
  cluster.until('two blocks', () => minHeight(cluster) >= 2 && isConverged(cluster))
  const proposer = cluster.nodes[0]?.replica?.status().proposer as Uint8Array
  const index = cluster.genesis.members.findIndex((member) => equalBytes(institutionIdOf(member), proposer))
  return { cluster, index, height: minHeight(cluster) + 1 }
}

/** Transactions that nobody but this member has, and that it tells nobody of beside its proposal. */
const submitTo = (cluster: Cluster, index: number, count: number): readonly Uint8Array[] => {
  cluster.mute.add(index)
  return Array.from({ length: count }, (_, number) => {
    const expiryMs = Math.floor(cluster.nowMs()) + 300_000
    const bytes = enrolment(cluster.genesis, index, `only ${number}`, expiryMs)
    cluster.submit(index, bytes)
    return bytes
  })
}

const frameOf = (bytes: Uint8Array): ConsensusFrame => unwrap(decodeFrame(bytes))
const summaryAt = (cluster: Cluster, height: number) =>
  cluster.nodes[0]?.replica?.status().blocks.find((block) => block.height === height)

test('transactions that only the proposer has are fetched and decided in round 0', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { cluster, index, height } = atRest(seed)
    let questions = 0
    cluster.intercept = (_from, _to, bytes) => {
      const { type } = frameOf(bytes)
      if (type === 'bodies-request') questions += 1
      return type === 'bundle' ? undefined : bytes
    }
    const all = submitTo(cluster, index, 5)
    cluster.until('commits', () => areCommitted(cluster, all), 2000)
    assert.ok(questions >= 3)
    assert.is(summaryAt(cluster, height)?.commitRound, 0)
  }
})

test('answers that get lost are asked for again, of others too', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { cluster, index } = atRest(seed)
    let lost = 0
    cluster.intercept = (_from, _to, bytes) => {
      const { type } = frameOf(bytes)
      if (type === 'bodies' && lost++ < 6) return undefined
      return type === 'bundle' ? undefined : bytes
    }
    const all = submitTo(cluster, index, 5)
    cluster.until('commits', () => areCommitted(cluster, all), 10_000)
  }
})

test('a proposer that holds back the transactions of its proposal costs its round only', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { cluster, index, height } = atRest(seed)
    const held = new Set(['bodies', 'bundle'])
    cluster.intercept = (from, _to, bytes) =>
      from === index && held.has(frameOf(bytes).type) ? undefined : bytes
    submitTo(cluster, index, 5)
    const others = cluster.nodes.filter((node) => node.index !== index)
    cluster.until('the next height', () => others.every((node) => heightOf(node) >= height), 10_000)
    assert.is(summaryAt(cluster, height)?.commitRound, 1)
    const all = submitMany(cluster, 8, 'after').filter((_, number) => number % 4 !== index)
    cluster.until('the others go on', () => areCommitted(cluster, all), 20_000)
  }
})

test('a proposer that lacks the prepared block fetches it from those who prepared it', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { cluster, index, height } = atRest(seed)
    let next = -1
    let outlines = 0
    // The proposer of round 1 sees nothing of round 0, whose commits nobody hears.
    cluster.intercept = (from, to, bytes) => {
      const frame = frameOf(bytes)
      if (frame.type === 'bodies-request' && frame.indices === undefined && from === next) outlines += 1
      if (frame.type === 'bundle') return undefined
      if (frame.type === 'bodies-request' || frame.type === 'bodies' || frame.type === 'decided') return bytes
      if (frame.type !== 'round-change' && frame.height === height && frame.round === 0)
        return to === next || frame.type === 'commit' ? undefined : bytes
      return bytes
    }
    const validators = cluster.nodes[0]?.replica?.status().validators ?? []
    const at = validators.findIndex(({ institution }) =>
      equalBytes(institution, institutionIdOf(cluster.genesis.members[index] as never)),
    )
    const second = validators[(at + 1) % 4]?.institution as Uint8Array
    next = cluster.genesis.members.findIndex((member) => equalBytes(institutionIdOf(member), second))
    const all = submitTo(cluster, index, 5)
    cluster.until('commits', () => areCommitted(cluster, all), 20_000)
    const summary = summaryAt(cluster, height)
    assert.equal([summary?.round, summary?.commitRound, summary?.transactions], [0, 1, 5])
    assert.ok(outlines > 0, 'the outline was asked for')
    assert.ok(cluster.nodes.every(({ replica }) => all.every((bytes) => replica?.isRecent(idOf(bytes)))))
  }
})

test.run()
