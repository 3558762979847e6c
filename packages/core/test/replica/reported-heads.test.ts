import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { institutionIdOf } from '../../src/ledger/genesis.ts'
import { encodeSyncResponse } from '../../src/sync/index.ts'
import { START_MS } from './cluster-keys.ts'
import { createMember, genesis } from './lone-member.ts'

/** What a validator that has just started, with height 0, says of itself once its neighbours reported these heads. */
const abstainingAfter = (heads: readonly (number | undefined)[]): string | undefined => {
  const member = createMember(0)
  member.start(START_MS)
  heads.forEach((headHeight, at) => {
    if (headHeight === undefined) return
    const peer = `peer-${at}`
    const other = genesis.members[at]
    if (other === undefined) throw new Error('no member')
    const up = member.give(START_MS, { type: 'peer-up', peer, institution: institutionIdOf(other) })
    for (const effect of up) {
      if (effect.type !== 'sync-request') continue
      const bytes = encodeSyncResponse({ headHeight, blocks: [] })
      member.give(START_MS, { type: 'sync-response', from: peer, token: effect.token, bytes })
    }
  })
  return member.replica.status().abstaining
}

test('reports of a quorum with itself end the silence of a start', () => {
  assert.is.not(abstainingAfter([undefined, 0]), undefined)
  assert.is(abstainingAfter([undefined, 0, 0]), undefined)
})

test('one report that is false keeps nobody silent, whenever it comes', () => {
  const lie = 1_000_000
  assert.is(abstainingAfter([undefined, lie, 0, 0]), undefined)
  assert.is(abstainingAfter([undefined, 0, lie, 0]), undefined)
  assert.is.not(abstainingAfter([undefined, lie, lie, 0]), undefined)
})

test.run()
