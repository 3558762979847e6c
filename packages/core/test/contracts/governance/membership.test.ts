import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  accounts,
  institutionsIn,
  memberOrder,
  members,
  pendingChangeIn,
  skipTableIn,
  validatorSetByHash,
  validatorSetIn,
} from '../../../src/contracts/index.ts'
import { institutionIdOf } from '../../../src/ledger/index.ts'
import { validatorSetHash } from '../../../src/validators/index.ts'
import { fakeBytes } from '../world.ts'
import { codeOf, createGovernanceWorld, newcomer, votersOf } from './governance-world.ts'

const guest = newcomer('guest')
const guestId = institutionIdOf(guest)

const isPresent = ({ view }: ReturnType<typeof createGovernanceWorld>, id: Uint8Array): boolean =>
  institutionsIn(view).some((each) => each.join() === id.join())

test('a new validator is an observer, then a candidate that says it is there, then in the set two heights later', () => {
  const world = createGovernanceWorld(4)
  world.block()
  assert.is(codeOf(world.ready(guest)), 'identity.unknown')
  assert.is(codeOf(world.pass({ type: 'add', member: guest })), 'ok')
  assert.ok(isPresent(world, guestId))
  assert.is(world.view.get(members, guestId)?.isValidator, false)
  assert.is(world.view.get(accounts, guestId)?.institutionName, 'guest')
  assert.is(pendingChangeIn(world.view)?.type, 'candidate')
  for (let count = 0; count < 50; count++) world.block()
  assert.is(votersOf(world).length, 4)
  assert.is(codeOf(world.ready(guest)), 'ok')
  assert.is(codeOf(world.ready(guest)), 'validator.not-awaited')
  const saidAt = world.height()
  assert.is(votersOf(world).length, 4)
  world.block()
  // The state after block H + 1 names the set that decides block H + 2.
  assert.is(world.height(), saidAt + 1)
  assert.is(votersOf(world)[4], guestId.join())
  assert.is(world.view.get(members, guestId)?.isValidator, true)
  const set = validatorSetIn(world.view)
  assert.equal(validatorSetByHash(world.view, validatorSetHash(set)), set)
})

test('a candidate that says nothing for a hundred heights lapses and stays an observer', () => {
  const world = createGovernanceWorld(4)
  world.block()
  assert.is(codeOf(world.pass({ type: 'add', member: guest })), 'ok')
  for (let count = 0; count < 100; count++) world.block()
  assert.is(pendingChangeIn(world.view)?.type, 'candidate')
  world.block()
  assert.is(pendingChangeIn(world.view), undefined)
  assert.is(codeOf(world.ready(guest)), 'validator.not-awaited')
  assert.ok(isPresent(world, guestId))
  assert.is(votersOf(world).length, 4)
  // It may be voted in again.
  assert.is(codeOf(world.pass({ type: 'add', member: guest })), 'ok')
  assert.is(codeOf(world.ready(guest)), 'ok')
})

test('nobody else speaks for a candidate, and no other change passes while it is awaited', () => {
  const world = createGovernanceWorld(5)
  world.block()
  assert.is(codeOf(world.pass({ type: 'add', member: guest }, [1, 2, 3])), 'ok')
  assert.is(codeOf(world.ready(world.member(1))), 'validator.not-awaited')
  const removal = { type: 'remove' as const, institution: world.idOf(4), keepsAccount: true }
  assert.is(codeOf(world.pass(removal, [1, 2, 3])), 'governance.change-pending')
})

test('an institution is added once, with keys of its own', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const codeFor = (changes: Parameters<typeof newcomer>[1]) =>
    codeOf(world.propose(1, { type: 'add', member: newcomer('other', changes) }))
  assert.is(codeOf(world.propose(1, { type: 'add', member: world.member(2) })), 'governance.member-exists')
  for (const key of ['votingKey', 'nodeKey', 'sealingKey', 'signingKey'] as const) {
    assert.is(codeFor({ [key]: world.member(2).votingKey }), 'governance.shared-key')
    assert.is(codeFor({ [key]: world.member(3)[key] }), 'governance.shared-key')
  }
  const observer = newcomer('observer', { isValidator: false })
  assert.is(codeOf(world.pass({ type: 'add', member: observer })), 'ok')
  assert.is(pendingChangeIn(world.view), undefined)
  assert.is(codeOf(world.propose(1, { type: 'add', member: observer })), 'governance.member-exists')
  assert.is(codeOf(world.propose(1, { type: 'add', member: { ...observer, isValidator: true } })), 'ok')
})

test('the network holds 256 institutions', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const others = Array.from({ length: 251 }, (_, index) => fakeBytes(`institution ${index}`))
  world.view.put(memberOrder, [...institutionsIn(world.view), ...others])
  assert.is(codeOf(world.propose(0, { type: 'add', member: guest })), 'ok')
  world.view.put(memberOrder, [...institutionsIn(world.view), fakeBytes('one more')])
  assert.is(codeOf(world.propose(1, { type: 'add', member: guest })), 'governance.too-many-members')
})

test('whoever is removed leaves the set two heights later, with or without its account', () => {
  for (const keepsAccount of [true, false]) {
    const world = createGovernanceWorld(5)
    world.block()
    const institution = world.idOf(4)
    assert.is(codeOf(world.pass({ type: 'remove', institution, keepsAccount }, [1, 2, 3])), 'ok')
    assert.is(votersOf(world).length, 5)
    assert.is(world.view.get(accounts, institution)?.status, 'active')
    world.block()
    assert.is(votersOf(world).length, 4)
    assert.not(votersOf(world).includes(institution.join()))
    assert.is(world.view.get(members, institution)?.isValidator, false)
    assert.is(isPresent(world, institution), keepsAccount)
    assert.is(world.view.get(accounts, institution)?.status, keepsAccount ? 'active' : 'suspended')
    const again = world.pass({ type: 'add', member: world.member(4) })
    assert.is(codeOf(again), 'ok')
    assert.is(world.view.get(accounts, institution)?.status, 'active')
    assert.is(codeOf(world.ready(world.member(4))), 'ok')
    world.block()
    assert.is(votersOf(world)[4], institution.join())
  }
})

test('fewer than four validators are never voted for', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const removal = { type: 'remove' as const, institution: world.idOf(3), keepsAccount: true }
  assert.is(codeOf(world.propose(0, removal)), 'governance.too-few-validators')
})

test('two removals of a set of five: the second finds too few', () => {
  const world = createGovernanceWorld(5)
  world.block()
  const first = world.propose(0, { type: 'remove', institution: world.idOf(4), keepsAccount: true })
  const second = world.propose(1, { type: 'remove', institution: world.idOf(3), keepsAccount: true })
  assert.ok(first.ok && second.ok)
  for (const voter of [1, 2, 3]) assert.is(codeOf(world.vote(voter, first.value)), 'ok')
  world.block()
  assert.is(codeOf(world.vote(0, second.value)), 'ok')
  assert.is(codeOf(world.vote(2, second.value)), 'governance.too-few-validators')
})

test('removals of strangers, and of a vote that is not there, are refused', () => {
  const world = createGovernanceWorld(4)
  world.block()
  const observer = newcomer('observer', { isValidator: false })
  const institution = institutionIdOf(observer)
  assert.is(
    codeOf(world.propose(0, { type: 'remove', institution, keepsAccount: true })),
    'governance.unknown-member',
  )
  assert.is(codeOf(world.pass({ type: 'add', member: observer })), 'ok')
  assert.is(
    codeOf(world.propose(0, { type: 'remove', institution, keepsAccount: true })),
    'governance.no-effect',
  )
  assert.is(codeOf(world.pass({ type: 'remove', institution, keepsAccount: false })), 'ok')
  world.block()
  assert.not(isPresent(world, institution))
  assert.is(votersOf(world).length, 4)
})

test('a removal that would leave no quorum of those that take their turns is refused', () => {
  const world = createGovernanceWorld(6)
  world.block()
  // Two of six are silent: four are still a quorum, but three of five would be none.
  for (const silent of [1, 2]) {
    world.block({ round: 1, afterMs: 2000 })
    assert.is(skipTableIn(world.view).length, silent)
    world.block({ afterMs: 1 })
  }
  const missing = skipTableIn(world.view).map(({ institution }) => institution.join())
  const here = [0, 1, 2, 3, 4, 5].filter((index) => !missing.includes(world.idOf(index).join()))
  assert.is(here.length, 4)
  const removalOf = (index: number) => ({
    type: 'remove' as const,
    institution: world.idOf(index),
    keepsAccount: false,
  })
  const passed = (index: number): string => {
    const opened = world.propose(here[0] as number, removalOf(index))
    assert.ok(opened.ok)
    const codes = [0, 1, 2, 3, 4, 5]
      .filter((voter) => voter !== here[0])
      .map((voter) => codeOf(world.vote(voter, opened.value)))
    return codes.find((code) => code !== 'ok') ?? 'ok'
  }
  assert.is(passed(here[3] as number), 'governance.no-live-quorum')
})

test('whoever leaves the set leaves the skip table', () => {
  const world = createGovernanceWorld(5)
  world.block()
  world.block({ round: 1, afterMs: 2000 })
  const [entry] = skipTableIn(world.view)
  assert.ok(entry)
  const institution = entry.institution
  const opened = world.propose(0, { type: 'remove', institution, keepsAccount: false })
  assert.ok(opened.ok)
  for (const voter of [1, 2, 3]) assert.is(codeOf(world.vote(voter, opened.value)), 'ok')
  assert.is(skipTableIn(world.view).length, 1)
  world.block({ afterMs: 1 })
  assert.is(skipTableIn(world.view).length, 0)
})

test.run()
