import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { healedHoldersOf, holdersOf, type MemberChange } from '../../../src/contracts/index.ts'
import { equalBytes } from '../../../src/encoding/index.ts'
import { fakeBytes } from '../world.ts'

const ids = Array.from({ length: 12 }, (_, index) => fakeBytes(`institution ${index}`))
const idOf = (index: number): Uint8Array => ids[index % ids.length] as Uint8Array

const has = (all: readonly Uint8Array[], id: Uint8Array): boolean => all.some((each) => equalBytes(each, id))

/** A history of a founding at height 0 and one coming or going a height, and who is present after each. */
const historyOf = (founders: number, turns: readonly number[]) => {
  const present = ids.slice(0, founders)
  const changes: MemberChange[] = present.map((institution) => ({
    fromHeight: 0,
    institution,
    isPresent: true,
  }))
  let now = [...present]
  turns.forEach((turn, index) => {
    const institution = idOf(turn)
    const isPresent = !has(now, institution)
    if (!isPresent && now.length <= 4) return
    now = isPresent ? [...now, institution] : now.filter((id) => !equalBytes(id, institution))
    changes.push({ fromHeight: index + 1, institution, isPresent })
  })
  return { history: { changes, present: now }, now }
}

test('C8: sets are complete after any comings and goings, and nobody ever stands on both sides', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 9 }),
      fc.array(fc.nat(11), { maxLength: 14 }),
      fc.nat(200),
      (founders, turns, batch) => {
        const batchId = fakeBytes(`batch ${batch}`, 16)
        const author = idOf(0)
        const ciphertext = new Set<string>()
        const release = new Set<string>()
        for (let length = 0; length <= turns.length; length++) {
          const { history, now } = historyOf(founders, turns.slice(0, length))
          const holders = healedHoldersOf(batchId, history, 0, author)
          const size = Math.min(3, Math.floor(now.length / 2))
          for (const id of holders.now.ciphertext) ciphertext.add(id.join())
          for (const id of holders.now.release) release.add(id.join())
          for (const side of ['ciphertext', 'release'] as const) {
            const set = holders.now[side]
            assert.ok(
              set.every((id) => has(now, id)),
              'holders are present',
            )
            assert.is(new Set(set.map(String)).size, set.length)
            const barred = [...(side === 'ciphertext' ? release : ciphertext)]
            const free = now.filter(
              (id) => !barred.includes(id.join()) && (side === 'ciphertext' || !equalBytes(id, author)),
            )
            assert.ok(set.length >= Math.min(size, free.length), 'the set is as complete as it may be')
          }
          assert.not(has(holders.ever.release, author))
        }
        assert.equal(
          [...ciphertext].filter((id) => release.has(id)),
          [],
        )
      },
    ),
    { numRuns: 150 },
  )
})

test('C8: without changes the holders are those of the rule, and healing moves nobody who stays', () => {
  for (let batch = 0; batch < 50; batch++) {
    const batchId = fakeBytes(`batch ${batch}`, 16)
    const members = ids.slice(0, 6)
    const first = holdersOf(batchId, members, idOf(0))
    const still = healedHoldersOf(batchId, { changes: undefined, present: members }, 5, idOf(0))
    assert.equal(still.now, first)
    const { history } = historyOf(6, [3])
    const { now } = healedHoldersOf(batchId, history, 0, idOf(0))
    for (const side of ['ciphertext', 'release'] as const)
      for (const id of first[side]) if (!equalBytes(id, idOf(3))) assert.ok(has(now[side], id))
  }
})

test.run()
