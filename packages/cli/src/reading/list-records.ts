import { compareBytes, type Refusal } from '@medchain/core'
import type { OpenedRecord } from '@medchain/node'
import { fail } from '../command-error.ts'
import type { Candidate } from './candidates.ts'
import type { ReadPage } from './export-candidates.ts'
import type { CandidateReading } from './read-candidates.ts'

/** A record as a list shows it. */
export interface ListedRecord {
  readonly candidate: Candidate
  readonly record: OpenedRecord
}

export interface RecordPage {
  readonly records: readonly ListedRecord[]
  /** Id after which the next page begins; absent when nothing that may be seen follows. */
  readonly next: string | undefined
  readonly refusals: readonly Refusal[]
}

const STATEMENT_RECORDS_MAX = 200

/** Newest batch first, in a batch by position; the same every time, so that pages fit together. */
export const compareCandidates = (a: Candidate, b: Candidate): number =>
  b.batch.height - a.batch.height || compareBytes(a.recordId, b.recordId)

const startAfter = (candidates: readonly Candidate[], cursor: string | undefined): number => {
  if (cursor === undefined) return 0
  const index = candidates.findIndex(({ id }) => id === cursor)
  return index < 0
    ? fail('usage.cursor', 'There is no page of that name; begin without --cursor.')
    : index + 1
}

/**
 * One page of records, by disclosures of their headers only. What is refused takes no place in a page, and
 * whether there is a next one depends on what may be seen alone.
 */
export const listPage = async (
  read: ReadPage,
  unordered: readonly Candidate[],
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
  note: (reading: CandidateReading) => void,
): Promise<RecordPage> => {
  const candidates = [...unordered].sort(compareCandidates)
  const records: ListedRecord[] = []
  const refusals: Refusal[] = []
  let at = startAfter(candidates, cursor)
  while (records.length <= limit && at < candidates.length) {
    const wanted = Math.min(STATEMENT_RECORDS_MAX, limit + 1 - records.length)
    const slice = candidates.slice(at, at + wanted)
    at += slice.length
    const opened = new Map<string, OpenedRecord>()
    for await (const reading of read(slice)) {
      note(reading)
      if (reading.result.ok) opened.set(reading.candidate.id, reading.result.value)
      else refusals.push(reading.result)
    }
    for (const candidate of slice) {
      const record = opened.get(candidate.id)
      if (record !== undefined) records.push({ candidate, record })
    }
  }
  const shown = records.slice(0, limit)
  return { records: shown, next: records.length > limit ? shown.at(-1)?.candidate.id : undefined, refusals }
}
