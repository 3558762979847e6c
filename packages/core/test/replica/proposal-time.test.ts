import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { START_MS } from './cluster-keys.ts'
import { createMember, framesOf, genesis } from './lone-member.ts'

/** The proposer's first proposal, made when its clock shows `proposerMs`, heard by a voter whose clock shows START_MS. */
const hear = (aheadMs: number) => {
  const proposals = genesis.members.flatMap((_, index) => {
    const member = createMember(index)
    const effects = [...member.start(START_MS + aheadMs), ...member.meet(START_MS + aheadMs)]
    return framesOf(effects).filter((frame) => frame.type === 'proposal')
  })
  const [proposal] = proposals
  if (proposal?.type !== 'proposal') throw new Error('nobody proposed')
  const voter = createMember((proposal.sender + 1) % 4)
  voter.start(START_MS)
  voter.meet(START_MS)
  return { voter, effects: voter.hear(proposal, proposal.sender) }
}

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
