import { base32FromBytes, didFromAccountId, recordIdFromBatch } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { Candidate } from '../../src/reading/candidates.ts'
import { compareCandidates } from '../../src/reading/list-records.ts'
import { parseRecordId } from '../../src/reading/record-id-text.ts'
import { isDenial, mostTelling } from '../../src/reading/refusals.ts'

const candidate = (fill: number, position: number, height: number): Candidate => {
  const batchId = new Uint8Array(16).fill(fill)
  const recordId = recordIdFromBatch(batchId, position)
  const did = didFromAccountId(new Uint8Array(32))
  const batch = { batchId: base32FromBytes(batchId), chart: did, author: did, institution: did }
  return {
    id: base32FromBytes(recordId),
    recordId,
    batch: { ...batch, disputed: null, epoch: 0, count: 100, height, timeMs: 0, anchorsRoot: '' },
    chart: undefined as never,
    disputes: [],
  }
}

test('the newest batch first, in it by position, whatever the text of ids sorts like', () => {
  const candidates = [candidate(1, 11, 5), candidate(2, 0, 9), candidate(1, 2, 5), candidate(1, 0, 5)]
  const order = candidates.sort(compareCandidates).map(({ recordId }) => [recordId[0], recordId[17]])
  equal(order, [
    [2, 0],
    [1, 0],
    [1, 2],
    [1, 11],
  ])
})

const codeOf = (typed: string): string => {
  try {
    parseRecordId(typed)
    return 'ok'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('an id that could be one is refused as a stranger is; other text is wrong usage', () => {
  const id = candidate(3, 7, 1).id
  equal(codeOf(id), 'ok')
  equal(codeOf(` ${id.toUpperCase()} `), 'ok')
  equal(codeOf(`${id.slice(0, -1)}9`), 'consent.none')
  equal(codeOf(id.slice(0, 20)), 'consent.none')
  for (const typed of ['', 'x', '../etc/passwd', 'a b c d e f g h', 'ß'.repeat(29)]) {
    equal(codeOf(typed), 'usage.record-id', typed)
  }
})

const refusal = (code: string) => ({ ok: false as const, code, message: '' })

test('of several refusals the most telling speaks', () => {
  const speaks = (...codes: string[]) => mostTelling(codes.map(refusal))?.code
  equal(speaks(), undefined)
  equal(speaks('consent.none', 'consent.revoked'), 'consent.revoked')
  equal(speaks('consent.revoked', 'network.unreachable'), 'network.unreachable')
  equal(speaks('network.unreachable', 'vault.damaged', 'consent.none'), 'vault.damaged')
  equal([isDenial('consent.expired'), isDenial('disclosure.stale')], [true, false])
})

test.run()
