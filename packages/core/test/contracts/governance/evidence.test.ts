import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  accounts,
  type EquivocationKind,
  type EvidenceSubmission,
  evidenceAgainst,
  evidenceIn,
  evidenceProofs,
} from '../../../src/contracts/index.ts'
import { bytesFromUint, concatBytes, encode, struct, text } from '../../../src/encoding/index.ts'
import { type GenesisMember, institutionIdOf } from '../../../src/ledger/index.ts'
import {
  decodeRoundChangeMessage,
  decodeVoteMessage,
  type RoundChangeClaim,
  roundChangeMessage,
  type Vote,
  type VoteType,
  voteMessage,
} from '../../../src/votes/index.ts'
import { fakeSigner } from '../../replica/cluster-keys.ts'
import { fakeBytes } from '../world.ts'
import { codeOf, createGovernanceWorld, type GovernanceWorld, newcomer } from './governance-world.ts'

const signedBy = (member: GenesisMember, message: Uint8Array) => ({
  message,
  signature: fakeSigner(member.votingKey).sign(message),
})

const voteOf = (world: GovernanceWorld, type: VoteType, hash: string, changes: Partial<Vote> = {}) =>
  voteMessage({
    networkId: world.networkId,
    height: 1,
    round: 0,
    type,
    blockHash: fakeBytes(hash),
    ...changes,
  })

const claimOf = (world: GovernanceWorld, changes: Partial<RoundChangeClaim>) =>
  roundChangeMessage({
    networkId: world.networkId,
    height: 1,
    newRound: 1,
    preparedRound: undefined,
    preparedHash: undefined,
    ...changes,
  })

/** What the second member is accused of: two messages under its key. */
const accusation = (
  world: GovernanceWorld,
  kind: EquivocationKind,
  messages: readonly [Uint8Array, Uint8Array],
): EvidenceSubmission => {
  const [first, second] = messages.map((message) => signedBy(world.member(1), message)) as [
    EvidenceSubmission['first'],
    EvidenceSubmission['second'],
  ]
  return { kind, first, second, institution: world.idOf(1) }
}

const begun = (size = 4): GovernanceWorld => {
  const world = createGovernanceWorld(size)
  world.block()
  return world
}

test('two contradicting messages of each kind are evidence, counted by institution', () => {
  const claims = [{}, { preparedRound: 0, preparedHash: fakeBytes('a') }] as const
  const pairs = [
    [
      'proposal',
      (world: GovernanceWorld) => [voteOf(world, 'proposal', 'a'), voteOf(world, 'proposal', 'b')],
    ],
    ['prepare', (world: GovernanceWorld) => [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b')]],
    ['commit', (world: GovernanceWorld) => [voteOf(world, 'commit', 'a'), voteOf(world, 'commit', 'b')]],
    ['round-change', (world: GovernanceWorld) => claims.map((claim) => claimOf(world, claim))],
  ] as const
  for (const [kind, messagesOf] of pairs) {
    const world = begun()
    const [first, second] = messagesOf(world)
    assert.ok(first && second)
    const evidence = accusation(world, kind, [first, second])
    assert.is(codeOf(world.present(world.member(2), evidence)), 'ok')
    const [against] = evidenceIn(world.view)
    assert.equal(against?.institution, world.idOf(1))
    assert.is(against?.entries.length, 1)
    assert.is(against?.entries[0]?.kind, kind)
    assert.equal(against?.entries[0]?.reporter, world.idOf(2))
    assert.equal(world.view.get(evidenceProofs, world.idOf(1), bytesFromUint(1, 6)), evidence)
  }
})

test('what an honest validator signs is never evidence against it', () => {
  const world = begun()
  const other = fakeBytes('another network')
  const hash = { preparedRound: 0, preparedHash: fakeBytes('a') }
  const cases: readonly [string, EquivocationKind, readonly [Uint8Array, Uint8Array]][] = [
    // Sent again after a crash, byte for byte.
    ['evidence.no-contradiction', 'prepare', [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'a')]],
    ['evidence.no-contradiction', 'round-change', [claimOf(world, hash), claimOf(world, hash)]],
    // Each step, each round and each height has a vote of its own.
    ['evidence.other-kind', 'prepare', [voteOf(world, 'prepare', 'a'), voteOf(world, 'commit', 'b')]],
    ['evidence.other-kind', 'commit', [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b')]],
    [
      'evidence.no-contradiction',
      'prepare',
      [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b', { round: 1 })],
    ],
    [
      'evidence.no-contradiction',
      'prepare',
      [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b', { height: 2 })],
    ],
    [
      'evidence.no-contradiction',
      'round-change',
      [claimOf(world, {}), claimOf(world, { ...hash, newRound: 2 })],
    ],
    [
      'evidence.no-contradiction',
      'round-change',
      [claimOf(world, {}), claimOf(world, { ...hash, height: 2 })],
    ],
    // The same keys vote in a test network.
    [
      'evidence.other-network',
      'prepare',
      [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b', { networkId: other })],
    ],
    ['evidence.other-network', 'round-change', [claimOf(world, { networkId: other }), claimOf(world, hash)]],
    // A message of another purpose, or with something before or behind it, is no vote.
    ['evidence.unreadable', 'prepare', [claimOf(world, {}), claimOf(world, hash)]],
    ['evidence.unreadable', 'round-change', [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b')]],
    [
      'evidence.unreadable',
      'prepare',
      [voteOf(world, 'prepare', 'a'), concatBytes(voteOf(world, 'prepare', 'a'), Uint8Array.of(0))],
    ],
    [
      'evidence.unreadable',
      'prepare',
      [voteOf(world, 'prepare', 'a'), concatBytes(Uint8Array.of(0), voteOf(world, 'prepare', 'a'))],
    ],
    [
      'evidence.unreadable',
      'prepare',
      [new Uint8Array(0), encode(struct<{ a: string }>({ a: text(9) }), { a: 'x' })],
    ],
  ]
  for (const [code, kind, messages] of cases)
    assert.is(codeOf(world.present(world.member(2), accusation(world, kind, messages))), code)
  assert.equal(evidenceIn(world.view), [])
})

test('both signatures are checked, under the key of the institution that is named', () => {
  const world = begun()
  const honest = accusation(world, 'prepare', [voteOf(world, 'prepare', 'a'), voteOf(world, 'prepare', 'b')])
  const forged = { ...honest, second: { ...honest.second, signature: honest.first.signature } }
  assert.is(codeOf(world.present(world.member(2), forged)), 'tx.bad-statement')
  assert.is(
    codeOf(world.present(world.member(2), { ...honest, institution: world.idOf(3) })),
    'tx.bad-statement',
  )
  const stranger = { ...honest, institution: fakeBytes('nobody') }
  assert.is(codeOf(world.present(world.member(2), stranger)), 'evidence.unknown-validator')
})

test('one a height and a hundred an institution', () => {
  const world = begun()
  const at = (height: number) =>
    accusation(world, 'commit', [
      voteOf(world, 'commit', 'a', { height }),
      voteOf(world, 'commit', 'b', { height }),
    ])
  assert.is(codeOf(world.present(world.member(2), at(1))), 'ok')
  assert.is(codeOf(world.present(world.member(3), at(1))), 'evidence.known')
  assert.is(codeOf(world.present(world.member(2), at(102))), 'evidence.too-far-ahead')
  for (let height = 2; height <= 100; height++)
    assert.is(codeOf(world.present(world.member(2), at(height))), 'ok')
  assert.is(codeOf(world.present(world.member(2), at(101))), 'evidence.enough')
  assert.is(evidenceAgainst(world.view, world.idOf(1)).length, 100)
})

test('evidence is taken against former members, under the key of that time', () => {
  const world = begun(5)
  const removal = { type: 'remove' as const, institution: world.idOf(1), keepsAccount: false }
  const evidence = accusation(world, 'prepare', [
    voteOf(world, 'prepare', 'a'),
    voteOf(world, 'prepare', 'b'),
  ])
  assert.is(codeOf(world.pass(removal, [2, 3, 4])), 'ok')
  world.block()
  const later = { ...world.member(1), votingKey: fakeBytes('a new voting key') }
  assert.is(codeOf(world.pass({ type: 'add', member: later }, [2, 3])), 'ok')
  assert.is(codeOf(world.present(world.member(2), evidence)), 'ok')
  const height = world.height() + 1
  const now = [voteOf(world, 'prepare', 'a', { height }), voteOf(world, 'prepare', 'b', { height })] as const
  // The old key says nothing about what came after it.
  assert.is(codeOf(world.present(world.member(2), accusation(world, 'prepare', now))), 'tx.bad-statement')
  const under = {
    ...accusation(world, 'prepare', now),
    first: signedBy(later, now[0]),
    second: signedBy(later, now[1]),
  }
  assert.is(codeOf(world.present(world.member(2), under)), 'ok')
})

test('only active institutions present evidence', () => {
  const world = begun()
  const evidence = accusation(world, 'prepare', [
    voteOf(world, 'prepare', 'a'),
    voteOf(world, 'prepare', 'b'),
  ])
  const person = newcomer('person')
  assert.is(codeOf(world.present(person, evidence)), 'identity.unknown')
  const { signingKey, sealingKey } = person
  world.view.put(
    accounts,
    {
      role: 'practitioner',
      status: 'active',
      sponsor: world.idOf(0),
      signingKey,
      sealingKey,
      institutionName: undefined,
    },
    institutionIdOf(person),
  )
  assert.is(codeOf(world.present(person, evidence)), 'identity.not-institution')
  const observer = newcomer('observer', { isValidator: false })
  assert.is(codeOf(world.pass({ type: 'add', member: observer })), 'ok')
  assert.is(codeOf(world.present(observer, evidence)), 'ok')
})

test('a signed vote or round-change reads back as what was signed, and as nothing else', () => {
  const world = begun()
  const vote = voteOf(world, 'commit', 'a', { height: 7, round: 3 })
  const decoded = decodeVoteMessage(vote)
  assert.ok(decoded.ok)
  assert.equal(voteMessage(decoded.value), vote)
  const claim = claimOf(world, { preparedRound: 2, preparedHash: fakeBytes('b') })
  const read = decodeRoundChangeMessage(claim)
  assert.ok(read.ok)
  assert.equal(roundChangeMessage(read.value), claim)
  assert.not(decodeVoteMessage(claim).ok)
  assert.not(decodeRoundChangeMessage(vote).ok)
})

test.run()
