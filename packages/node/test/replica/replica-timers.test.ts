import { institutionIdOf, validatorsOf } from '@medchain/core'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Clock } from '../../src/clock.ts'
import { createQuorumReach } from '../../src/replica/quorum-reach.ts'
import { createReplicaTimers } from '../../src/replica/replica-timers.ts'
import { makeChain } from '../storage/made-chain.ts'

/** A clock that moves when it is told to. */
const createHandClock = () => {
  let nowMs = 0
  const timers = new Map<number, { readonly dueMs: number; readonly f: () => void }>()
  let last = 0
  const clock: Clock = {
    now: () => nowMs,
    wallMs: () => nowMs,
    setTimer: (ms, f) => {
      last += 1
      const id = last
      timers.set(id, { dueMs: nowMs + ms, f })
      return () => void timers.delete(id)
    },
  }
  const advance = (ms: number): void => {
    nowMs += ms
    for (const [id, { dueMs, f }] of [...timers]) {
      if (dueMs > nowMs || !timers.delete(id)) continue
      f()
    }
  }
  return { clock, advance }
}

const createWorld = () => {
  const { clock, advance } = createHandClock()
  const fired: string[] = []
  let isQuorum = false
  let isGone = false
  const timers = createReplicaTimers(clock, (name, id) => void fired.push(`${name} ${id}`), {
    mayRoundsPass: () => isQuorum,
    isProposerGone: () => isGone,
  })
  const reach = (isThere: boolean): void => {
    isQuorum = isThere
    timers.reconsider()
  }
  const proposer = (isThere: boolean): void => {
    isGone = !isThere
    timers.reconsider()
  }
  return { timers, advance, fired, reach, proposer }
}

test('a round’s time begins to count when a quorum is within reach, and then counts whole', () => {
  const { timers, advance, fired, reach } = createWorld()
  timers.set('round', 1, 1000)
  timers.set('resend', 2, 500)
  advance(5000)
  equal(fired, ['resend 2'])
  reach(true)
  advance(999)
  equal(fired, ['resend 2'])
  advance(1)
  equal(fired, ['resend 2', 'round 1'])
})

test('nobody waits long for a proposer that is not there', () => {
  const { timers, advance, fired, reach, proposer } = createWorld()
  reach(true)
  proposer(false)
  timers.set('round', 1, 3000)
  advance(399)
  equal(fired, [])
  advance(1)
  equal(fired, ['round 1'])
  advance(5000)
  timers.set('round', 2, 3000)
  advance(200)
  proposer(true)
  advance(2799)
  equal(fired, ['round 1'])
  advance(1)
  equal(fired, ['round 1', 'round 2'])
  timers.set('round', 3, 3000)
  advance(1000)
  proposer(false)
  timers.set('round', 4, 3000)
  advance(400)
  equal(fired, ['round 1', 'round 2', 'round 4'])
})

test('a quorum that goes again stops no round that counts', () => {
  const { timers, advance, fired, reach } = createWorld()
  reach(true)
  timers.set('round', 1, 1000)
  reach(false)
  advance(1000)
  equal(fired, ['round 1'])
  timers.set('round', 2, 1500)
  advance(60_000)
  reach(true)
  advance(1500)
  equal(fired, ['round 1', 'round 2'])
})

test('a held round that is replaced, cleared or closed never fires', () => {
  const { timers, advance, fired, reach } = createWorld()
  timers.set('round', 1, 10)
  timers.set('round', 2, 10)
  reach(true)
  advance(10)
  equal(fired, ['round 2'])
  for (const end of [() => timers.clear('round'), timers.clearAll]) {
    reach(false)
    timers.set('round', 3, 10)
    end()
    reach(true)
    advance(10)
  }
  equal(fired, ['round 2'])
})

test('a quorum counts validators, this node among them only if it is one', () => {
  const { genesis } = makeChain(0)
  const validators = validatorsOf(genesis)
  const round = { proposer: validators[0]!.institution, awaitsProposal: true }
  const ids = genesis.members.map((member) => Buffer.from(institutionIdOf(member)).toString('hex'))
  const self = Buffer.from(validators[0]!.institution).toString('hex')
  const others = ids.filter((id) => id !== self)
  const statusOf = (selfIndex: number) => ({ ...round, validators, selfIndex })
  const reach = createQuorumReach(() => statusOf(0))
  const observer = createQuorumReach(() => statusOf(-1))
  const seen = [others[0]!, 'ab'.repeat(32), others[1]!].map((id) => {
    for (const each of [reach, observer]) each.note(id, true)
    return reach.isThere()
  })
  equal(seen, [false, false, true])
  is(observer.isThere(), false)
  reach.note(others[0]!, false)
  is(reach.isThere(), false)
})

test('a proposer is gone while it is not connected and its proposal is not here', () => {
  const [first, second] = validatorsOf(makeChain(0).genesis)
  const status = { selfIndex: 0, proposer: second!.institution, awaitsProposal: true }
  const reach = createQuorumReach(() => ({ ...status, validators: [first!, second!] }))
  is(reach.isProposerGone(), true)
  status.awaitsProposal = false
  is(reach.isProposerGone(), false)
  status.awaitsProposal = true
  reach.note(Buffer.from(second!.institution).toString('hex'), true)
  is(reach.isProposerGone(), false)
  reach.note(Buffer.from(second!.institution).toString('hex'), false)
  status.proposer = first!.institution
  is(reach.isProposerGone(), false)
})

test.run()
