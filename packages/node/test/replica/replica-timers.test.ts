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
  const timers = createReplicaTimers(
    clock,
    (name, id) => void fired.push(`${name} ${id}`),
    () => isQuorum,
  )
  const reach = (isThere: boolean): void => {
    isQuorum = isThere
    timers.reconsider()
  }
  return { timers, advance, fired, reach }
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
  const ids = genesis.members.map((member) => Buffer.from(institutionIdOf(member)).toString('hex'))
  const self = Buffer.from(validators[0]!.institution).toString('hex')
  const others = ids.filter((id) => id !== self)
  const reach = createQuorumReach(() => ({ validators, selfIndex: 0 }))
  const observer = createQuorumReach(() => ({ validators, selfIndex: -1 }))
  const seen = [others[0]!, 'ab'.repeat(32), others[1]!].map((id) => {
    for (const each of [reach, observer]) each.note(id, true)
    return reach.isThere()
  })
  equal(seen, [false, false, true])
  is(observer.isThere(), false)
  reach.note(others[0]!, false)
  is(reach.isThere(), false)
})

test.run()
