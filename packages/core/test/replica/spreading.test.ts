import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blob, encode, list, unwrap } from '../../src/encoding/index.ts'
import { institutionIdOf, networkIdOf } from '../../src/ledger/genesis.ts'
import { encodeTransaction } from '../../src/ledger/transaction.ts'
import { assemble } from '../../src/replica/assemble.ts'
import type { ReplicaEffect } from '../../src/replica/index.ts'
import { judgingCostUs } from '../../src/replica/judging-cost.ts'
import { onBundle } from '../../src/replica/transactions.ts'
import { createDisk, portsOf } from './cluster-disk.ts'
import { enrolment, START_MS } from './cluster-keys.ts'
import { createMember, framesOf, framesOfType, genesis, type LoneMember } from './lone-member.ts'

/** Not the proposer of the first height. */
const FOLLOWER = 2
const EXPIRY_MS = START_MS + 300_000

const ways = (effects: readonly ReplicaEffect[]) => ({
  straight: framesOfType(effects, 'bundle').length,
  gossip: effects.filter((effect) => effect.type === 'gossip' && effect.topic === 'bundles').length,
})

const submitTo = (member: LoneMember, atMs = START_MS): void => {
  const bytes = enrolment(genesis, FOLLOWER, 'somebody', EXPIRY_MS)
  member.give(atMs, { type: 'submit', token: 1, bytes })
}

const connect = (member: LoneMember, others: readonly number[]): void => {
  for (const at of others) {
    const other = genesis.members[at]
    assert.ok(other)
    member.give(START_MS, { type: 'peer-up', peer: `peer-${at}`, institution: institutionIdOf(other) })
  }
}

test('transactions go to the validators straight, and through gossip where too few are connected or no block takes them', () => {
  const member = createMember(FOLLOWER)
  member.start(START_MS)
  connect(member, [0, 1])
  submitTo(member)
  assert.equal(ways(member.fire('bundle', START_MS + 5)), { straight: 1, gossip: 0 })
  assert.equal(ways(member.fire('bundle', START_MS + 3_000)), { straight: 0, gossip: 1 })

  const lonely = createMember(FOLLOWER)
  lonely.start(START_MS)
  connect(lonely, [0])
  submitTo(lonely)
  assert.equal(ways(lonely.fire('bundle', START_MS + 5)), { straight: 0, gossip: 1 })
})

test('a clock that was set back keeps no transaction from being spread again', () => {
  const member = createMember(FOLLOWER)
  member.start(START_MS)
  connect(member, [0, 1])
  submitTo(member)
  const earlierMs = START_MS - 60_000
  assert.equal(ways(member.fire('bundle', earlierMs)), { straight: 0, gossip: 0 })
  assert.equal(ways(member.fire('bundle', earlierMs + 50)), { straight: 1, gossip: 0 })
  assert.equal(ways(member.fire('bundle', earlierMs + 2_050)), { straight: 0, gossip: 1 })
})

test('what comes while a block is under way leaves with the commit, in front of it', () => {
  const members = [0, 1, 2, 3].map((index) => createMember(index))
  const [proposal] = members.flatMap((member) => {
    member.start(START_MS)
    return framesOfType(member.meet(START_MS), 'proposal')
  })
  assert.ok(proposal)
  const atMs = START_MS + 60
  const follower = members[(proposal.sender + 1) % 4] as LoneMember
  const prepares = members.flatMap((member) =>
    member.index === proposal.sender
      ? []
      : framesOfType(member.hear(proposal, proposal.sender, atMs), 'prepare'),
  )
  submitTo(follower, atMs)
  assert.equal(ways(follower.fire('bundle', atMs + 5)), { straight: 0, gossip: 0 })
  const said = prepares.flatMap((prepare) =>
    prepare.sender === follower.index ? [] : follower.hear(prepare, prepare.sender, atMs + 30),
  )
  assert.equal(
    framesOf(said).map(({ type }) => type),
    ['bundle', 'commit'],
  )
})

test('what a neighbour sends and no state takes costs the next block no more than a block', () => {
  const scope = unwrap(
    assemble({ genesis, self: undefined, ports: portsOf(createDisk()), options: {} }, START_MS),
  )
  const sender = new Uint8Array(32)
  const signatures = [{ signer: sender, signature: new Uint8Array(64) }]
  const strange = Array.from({ length: 60 }, (_, at) => {
    const body = {
      ...{ version: 1, networkId: networkIdOf(genesis), sender, expiryMs: EXPIRY_MS, kind: 'no.such' },
      ...{ salt: new Uint8Array(16).fill(at), payload: new Uint8Array(30_000) },
    }
    return encodeTransaction({ body, signatures })
  })
  onBundle(scope, encode(list(blob(1e6), 1024), strange))
  const costUs = scope.memory.parked.reduce((sum, pending) => sum + judgingCostUs(pending), 0)
  assert.ok(costUs > 0 && costUs <= 150_000, `${costUs} µs`)
})

test('a bundle that is no bundle is held against its sender', () => {
  const member = createMember(FOLLOWER)
  member.start(START_MS)
  const effects = member.hear({ type: 'bundle', bundle: Uint8Array.of(0xff) }, 1)
  assert.equal(
    effects.filter(({ type }) => type === 'misbehaved'),
    [{ type: 'misbehaved', peer: 'peer-1', code: 'frame.bad-bundle' }],
  )
})

test.run()
