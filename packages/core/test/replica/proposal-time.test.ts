import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConsensusFrame, decodeFrame, encodeFrame } from '../../src/consensus/index.ts'
import { unwrap } from '../../src/encoding/index.ts'
import { institutionIdOf } from '../../src/ledger/genesis.ts'
import { createReplica, type ReplicaEffect, type ReplicaInput } from '../../src/replica/index.ts'
import { createDisk, portsOf } from './cluster-disk.ts'
import { clusterGenesis, fakeSigner, START_MS } from './cluster-keys.ts'

type Input = ReplicaInput extends infer I ? (I extends { nowMs: number } ? Omit<I, 'nowMs'> : never) : never

const genesis = clusterGenesis(4)

/** A replica that knows it may sign: two others have reported that they have nothing. */
const createMember = (index: number) => {
  const member = genesis.members[index]
  if (!member) throw new Error('no member')
  const self = { institution: institutionIdOf(member), signer: fakeSigner(member.votingKey) }
  const disk = createDisk()
  const replica = createReplica({ genesis, self, ports: portsOf(disk) })
  const give = (nowMs: number, input: Input): readonly ReplicaEffect[] =>
    replica.handle({ ...input, nowMs } as ReplicaInput)
  return { give, replica }
}

const framesOf = (effects: readonly ReplicaEffect[]): ConsensusFrame[] =>
  effects.flatMap((effect) => (effect.type === 'broadcast' ? [unwrap(decodeFrame(effect.frame))] : []))

/** The proposer's first proposal, made when its clock shows `proposerMs`, heard by a voter whose clock shows START_MS. */
const hear = (aheadMs: number) => {
  const peers = [0, 1, 2, 3].map((index) => createMember(index))
  const proposals = peers.flatMap(({ give }, index) => {
    give(START_MS + aheadMs, { type: 'start', wal: undefined, lastSigned: undefined })
    const effects = genesis.members.flatMap((member, other) => {
      const peer = `peer-${other}`
      if (other === index) return []
      const up = give(START_MS + aheadMs, { type: 'peer-up', peer, institution: institutionIdOf(member) })
      return up.flatMap((effect) =>
        effect.type === 'sync-request'
          ? give(START_MS + aheadMs, {
              type: 'sync-response',
              from: peer,
              token: effect.token,
              bytes: NOTHING,
            })
          : [],
      )
    })
    return framesOf(effects).filter((frame) => frame.type === 'proposal')
  })
  const [proposal] = proposals
  if (proposal?.type !== 'proposal') throw new Error('nobody proposed')
  const voter = createMember((proposal.sender + 1) % 4)
  voter.give(START_MS, { type: 'start', wal: undefined, lastSigned: undefined })
  for (const [other, member] of genesis.members.entries()) {
    const peer = `peer-${other}`
    for (const effect of voter.give(START_MS, {
      type: 'peer-up',
      peer,
      institution: institutionIdOf(member),
    })) {
      if (effect.type !== 'sync-request') continue
      voter.give(START_MS, { type: 'sync-response', from: peer, token: effect.token, bytes: NOTHING })
    }
  }
  return {
    voter,
    effects: voter.give(START_MS, { type: 'frame', from: 'peer', bytes: encodeFrame(proposal) }),
  }
}

// [headHeight 0, no blocks]
const NOTHING = Uint8Array.of(0x82, 0x00, 0x80)

test('a proposal that is due is prepared at once', () => {
  assert.equal(
    framesOf(hear(0).effects).map((frame) => frame.type),
    ['prepare'],
  )
})

test('one that is early is held until it is due', () => {
  const { voter, effects } = hear(700)
  assert.equal(framesOf(effects), [])
  const hold = effects.find((effect) => effect.type === 'set-timer' && effect.name === 'hold')
  if (hold?.type !== 'set-timer') throw new Error('no hold timer')
  assert.is(hold.delayMs, 700)
  const due = voter.give(START_MS + 700, { type: 'timer', name: 'hold', id: hold.id })
  assert.equal(
    framesOf(due).map((frame) => frame.type),
    ['prepare'],
  )
})

test('one that is far ahead gets no prepare at all', () => {
  const { effects } = hear(16_000)
  assert.equal(framesOf(effects), [])
  assert.not.ok(effects.some((effect) => effect.type === 'set-timer' && effect.name === 'hold'))
})

test.run()
