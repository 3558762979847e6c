import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeFrame, encodeFrame } from '../../src/consensus/index.ts'
import {
  declareReady,
  evidenceIn,
  type GovernanceAction,
  presentEvidence,
  proposeChange,
  protocolIn,
  voteOnChange,
} from '../../src/contracts/index.ts'
import { unwrap } from '../../src/encoding/index.ts'
import {
  decodeCommittedBlock,
  type GenesisMember,
  type Header,
  institutionIdOf,
  networkIdOf,
} from '../../src/ledger/index.ts'
import { type LedgerRules, NETWORK_RULES } from '../../src/replica/index.ts'
import { createReadView } from '../../src/state/index.ts'
import { voteMessage } from '../../src/votes/index.ts'
import { newcomer } from '../contracts/governance/governance-world.ts'
import { type Cluster, type ClusterNode, createCluster, heightOf, startAll } from './cluster.ts'
import { enrolment, fakeSigner, idOf, transactionOf } from './cluster-keys.ts'
import { areCommitted, isConverged, minHeight, submitMany } from './cluster-load.ts'

const nodeOf = (cluster: Cluster, index: number): ClusterNode => {
  const node = cluster.nodes[index]
  if (!node) throw new Error('no node')
  return node
}

const memberOf = (cluster: Cluster, index: number): GenesisMember => {
  const member = cluster.genesis.members[index]
  if (!member) throw new Error('no member')
  return member
}

const headersOf = (node: ClusterNode): readonly Header[] =>
  node.disk.blocks.map((bytes) => unwrap(decodeCommittedBlock(bytes)).block.header)

const statusOf = (cluster: Cluster, index = 0) => {
  const { replica } = nodeOf(cluster, index)
  if (!replica) throw new Error('not running')
  return replica.status()
}

const expiryMs = (cluster: Cluster): number => Math.floor(cluster.nowMs()) + 300_000

/** Has an institution's transaction committed. */
const send = <T>(
  cluster: Cluster,
  at: number,
  member: GenesisMember,
  kind: Parameters<typeof transactionOf<T>>[2],
  payload: T,
): Uint8Array => {
  const bytes = transactionOf(cluster.genesis, member, kind, payload, expiryMs(cluster))
  cluster.submit(at, bytes)
  assert.is(nodeOf(cluster, at).results.get(1), 'accepted', kind.kind)
  cluster.until(kind.kind, () => nodeOf(cluster, at).replica?.isRecent(idOf(bytes)) === true)
  return idOf(bytes)
}

const pass = (cluster: Cluster, action: GovernanceAction, voters = [1, 2]): void => {
  const proposal = send(cluster, 0, memberOf(cluster, 0), proposeChange, { action })
  for (const voter of voters)
    send(cluster, 0, memberOf(cluster, voter), voteOnChange, { proposal, approves: true })
}

/** A prepare or commit of the liar for another block than it told the others of. */
const twinOf = (cluster: Cluster, liar: GenesisMember, bytes: Uint8Array): Uint8Array => {
  const frame = unwrap(decodeFrame(bytes))
  if (frame.type !== 'prepare' && frame.type !== 'commit') return bytes
  const { type, height, round } = frame
  const blockHash = frame.blockHash.map((byte) => byte ^ 1)
  const message = voteMessage({ networkId: networkIdOf(cluster.genesis), height, round, type, blockHash })
  return encodeFrame({ ...frame, blockHash, signature: fakeSigner(liar.votingKey).sign(message) })
}

test('a dead proposer costs one slow height in each back-off', () => {
  const cluster = createCluster({ size: 4, seed: 1 })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  cluster.crash(2)
  for (let second = 0; second < 80; second++) {
    for (let each = 0; each < 4; each++)
      cluster.submit(0, enrolment(cluster.genesis, 0, `s${second}/${each}`, expiryMs(cluster)))
    cluster.run(1000)
  }
  const slow = headersOf(nodeOf(cluster, 0)).filter(({ round }) => round > 0)
  const gapsMs = slow.slice(1).map(({ timeMs }, index) => timeMs - (slow[index] as Header).timeMs)
  assert.ok(slow.length >= 5, `${slow.length} slow heights`)
  for (const [index, gapMs] of gapsMs.entries()) assert.ok(gapMs >= 1000 * 2 ** index, gapsMs.join())
  const dead = institutionIdOf(memberOf(cluster, 2)).join()
  assert.ok(statusOf(cluster).skipped.every((institution) => institution.join() === dead))
})

test('a validator that is back says so, and has its turns again', () => {
  const cluster = createCluster({ size: 4, seed: 2 })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  cluster.crash(2)
  const dead = memberOf(cluster, 2)
  const deadId = institutionIdOf(dead).join()
  for (let second = 0; second < 40; second++) {
    cluster.submit(0, enrolment(cluster.genesis, 0, `s${second}`, expiryMs(cluster)))
    cluster.run(1000)
  }
  cluster.until('it is passed over', () =>
    statusOf(cluster).skipped.some((institution) => institution.join() === deadId),
  )
  cluster.start(2)
  send(cluster, 0, dead, declareReady, {})
  assert.equal(statusOf(cluster).skipped, [])
  const height = heightOf(nodeOf(cluster, 0))
  const all = submitMany(cluster, 4, 'back')
  cluster.until('commits', () => areCommitted(cluster, all))
  cluster.until('a round of turns', () => minHeight(cluster) >= height + 4)
  const builders = headersOf(nodeOf(cluster, 0))
    .slice(height)
    .map(({ proposer }) => proposer.join())
  assert.ok(builders.slice(0, 4).includes(deadId))
  cluster.until('equal states', () => isConverged(cluster))
})

test('a validator joins by vote, and its vote counts from the second height after its word', () => {
  const guest = newcomer('guest')
  const cluster = createCluster({ size: 4, seed: 3, observers: 1, joiners: [guest] })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  pass(cluster, { type: 'add', member: guest })
  assert.is(statusOf(cluster, 4).selfIndex, -1)
  cluster.until('the new one has caught up', () => isConverged(cluster))
  send(cluster, 4, guest, declareReady, {})
  const saidAt = headersOf(nodeOf(cluster, 4)).length
  cluster.until('two more heights', () => minHeight(cluster) >= saidAt + 2)
  const headers = headersOf(nodeOf(cluster, 0))
  const at = (height: number): Header => headers[height - 1] as Header
  assert.equal(at(saidAt).nextValidatorSetHash, at(1).validatorSetHash)
  assert.equal(at(saidAt + 1).validatorSetHash, at(1).validatorSetHash)
  assert.not.equal(at(saidAt + 1).nextValidatorSetHash, at(1).validatorSetHash)
  assert.equal(at(saidAt + 2).validatorSetHash, at(saidAt + 1).nextValidatorSetHash)
  assert.is(statusOf(cluster, 4).selfIndex, 4)
  // Four of five are a quorum: without the new one, nothing would be decided now.
  cluster.crash(1)
  const all = submitMany(cluster, 8, 'j')
  cluster.until('commits', () => areCommitted(cluster, all))
  cluster.start(1)
  cluster.until('equal states', () => isConverged(cluster))
  cluster.until('its turn', () =>
    headersOf(nodeOf(cluster, 0)).some(({ proposer }) => proposer.join() === institutionIdOf(guest).join()),
  )
})

test('a removed validator follows as an observer, and the others go on', () => {
  const cluster = createCluster({ size: 5, seed: 4 })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  const institution = institutionIdOf(memberOf(cluster, 1))
  pass(cluster, { type: 'remove', institution, keepsAccount: true }, [2, 3, 4])
  const height = heightOf(nodeOf(cluster, 0))
  cluster.until('two more heights', () => minHeight(cluster) >= height + 2)
  assert.is(statusOf(cluster).validators.length, 4)
  assert.is(statusOf(cluster, 1).selfIndex, -1)
  const all = submitMany(cluster, 10, 'r')
  cluster.until('commits', () => areCommitted(cluster, all))
  cluster.crash(3)
  const more = submitMany(cluster, 8, 's')
  cluster.until('commits of three of four', () => areCommitted(cluster, more))
  assert.ok(cluster.nodes.every(({ halted }) => halted === undefined))
})

test('a heartbeat that was voted for is the heartbeat', () => {
  const cluster = createCluster({ size: 4, seed: 5 })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  const parameters = { ...cluster.genesis.parameters, heartbeatMs: 1000 }
  pass(cluster, { type: 'parameters', parameters })
  const height = heightOf(nodeOf(cluster, 0))
  cluster.until('in force', () => minHeight(cluster) >= height + 2)
  assert.is(statusOf(cluster).parameters.heartbeatMs, 1000)
  const before = minHeight(cluster)
  cluster.run(20_000)
  assert.ok(minHeight(cluster) >= before + 15)
})

test('a node whose software does not know the next version warns, and stops before its first block', () => {
  const later: LedgerRules = { ...NETWORK_RULES, supportedVersions: [1, 2] }
  const knows = [true, true, true, false]
  const cluster = createCluster({
    size: 4,
    seed: 6,
    rulesOf: (index) => (knows[index] ? later : NETWORK_RULES),
  })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  const fromHeight = heightOf(nodeOf(cluster, 0)) + 12
  pass(cluster, { type: 'protocol', version: 2, fromHeight })
  cluster.until('the warning', () => nodeOf(cluster, 3).logged.includes('protocol.update-needed'))
  assert.not(nodeOf(cluster, 0).logged.includes('protocol.update-needed'))
  assert.equal(statusOf(cluster, 3).protocol, {
    version: 1,
    supported: [1],
    next: { version: 2, fromHeight },
  })
  cluster.until('the height', () => heightOf(nodeOf(cluster, 0)) >= fromHeight + 2, 120_000)
  const old = nodeOf(cluster, 3)
  assert.is(old.halted, 'protocol.unsupported')
  assert.is(old.disk.blocks.length, fromHeight - 1)
  assert.is(old.logged.filter((event) => event === 'protocol.update-needed').length, 1)
  assert.equal(
    headersOf(nodeOf(cluster, 0))
      .slice(fromHeight - 2, fromHeight)
      .map(({ version }) => version),
    [1, 2],
  )
  assert.equal(statusOf(cluster).protocol, { version: 2, supported: [1, 2], next: undefined })
  // Started again it stops again; one that lacks the last blocks as well gets as far as it can.
  cluster.start(3)
  assert.is(old.halted, 'protocol.unsupported')
  cluster.wipe(3)
  cluster.start(3)
  cluster.until('stopped', () => old.halted === 'protocol.unsupported', 120_000)
  assert.is(old.disk.blocks.length, fromHeight - 1)
  knows[3] = true
  cluster.start(3)
  cluster.until('equal states', () => isConverged(cluster) && minHeight(cluster) > fromHeight + 3)
})

test('what a replica reports is evidence for the contract', () => {
  const cluster = createCluster({ size: 4, seed: 7 })
  startAll(cluster)
  cluster.until('a first block', () => minHeight(cluster) >= 1)
  const liar = memberOf(cluster, 1)
  cluster.intercept = (from, to, frame) => {
    if (from === 1 && to === 0)
      cluster.inject(0, { type: 'frame', from: 'peer-1', bytes: twinOf(cluster, liar, frame) })
    return frame
  }
  cluster.until('evidence', () => nodeOf(cluster, 0).evidenceRecords.length > 0, 60_000)
  cluster.intercept = undefined
  for (const record of nodeOf(cluster, 0).evidenceRecords.slice(0, 1))
    send(cluster, 0, memberOf(cluster, 0), presentEvidence, record)
  const { replica } = nodeOf(cluster, 0)
  assert.ok(replica)
  const [against] = evidenceIn(createReadView(replica.reader()))
  assert.equal(against?.institution, institutionIdOf(liar))
  assert.is(protocolIn(createReadView(replica.reader())).version, 1)
})

test.run()
