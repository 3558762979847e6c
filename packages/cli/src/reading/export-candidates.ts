import type { Refusal } from '@medchain/core'
import { CommandError } from '../command-error.ts'
import type { Candidate } from './candidates.ts'
import type { ChartSink } from './export-records.ts'
import type { CandidateReading } from './read-candidates.ts'
import { isDenial, refusalError } from './refusals.ts'

/** Records of one disclosure. */
export const PAGE_RECORDS = 200

/** Reads one page of candidates: each is yielded once, opened or refused. */
export type ReadPage = (page: readonly Candidate[]) => AsyncIterable<CandidateReading>

export interface FailedRecord {
  readonly id: string
  readonly code: string
  readonly message: string
}

export interface ExportReport {
  /** Ids of what was written, in that order. */
  readonly written: readonly string[]
  /** What one may read and did not get: a holder failed, or the permission ended meanwhile. */
  readonly failed: readonly FailedRecord[]
  /** Everything that was refused, what one never might read too: it is told only where nothing was written. */
  readonly refusals: readonly Refusal[]
  /** Why the permission for a chart ended while it was being read. */
  readonly ended: CommandError | undefined
}

export interface ExportParts {
  readonly read: ReadPage
  readonly sink: Pick<ChartSink, 'add' | 'endPage'>
  /** Whether a permission for the refused record's chart has ended since the export began. */
  readonly hasEnded: (reading: CandidateReading) => Promise<boolean>
  readonly note: (reading: CandidateReading) => void
  readonly progress: (done: number) => void
  /** The error as a person is told it. */
  readonly told: (error: CommandError) => CommandError
}

const pagesOf = (candidates: readonly Candidate[]): readonly (readonly Candidate[])[] => {
  const pages: Candidate[][] = []
  for (const candidate of candidates) {
    const last = pages.at(-1)
    const isRoom = last && last.length < PAGE_RECORDS && last[0]?.chart.did === candidate.chart.did
    if (isRoom) last.push(candidate)
    else pages.push([candidate])
  }
  return pages
}

const write = async (
  { sink }: ExportParts,
  { candidate, result }: CandidateReading,
): Promise<Refusal | undefined> => {
  if (!result.ok) return result
  try {
    await sink.add(candidate, result.value)
    return undefined
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { ok: false, code: error.code, message: error.message }
  }
}

/**
 * Writes what one may read of the candidates, a page a disclosure, charts one after another. Once a permission
 * ends, what was written stays, the rest of its chart is named with that refusal, and nothing of it is asked for.
 */
export const exportCandidates = async (
  candidates: readonly Candidate[],
  parts: ExportParts,
): Promise<ExportReport> => {
  const written: string[] = []
  const failed: FailedRecord[] = []
  const refusals: Refusal[] = []
  const endings = new Map<string, CommandError>()
  const fail = ({ id }: Candidate, { code, message }: CommandError): void =>
    void failed.push({ id, code, message })
  const judge = async (reading: CandidateReading): Promise<void> => {
    const { candidate } = reading
    parts.note(reading)
    const refusal = await write(parts, reading)
    if (refusal === undefined) return void written.push(candidate.id)
    refusals.push(refusal)
    const error = parts.told(refusalError(refusal))
    // What the rules refuse from the beginning is none of what one may read, so it is not named.
    if (!isDenial(refusal.code)) return fail(candidate, error)
    if (!(await parts.hasEnded(reading))) return
    endings.set(candidate.chart.did, error)
    fail(candidate, error)
  }
  let done = 0
  for (const page of pagesOf(candidates)) {
    const ending = endings.get(page[0]?.chart.did ?? '')
    if (ending) for (const candidate of page) fail(candidate, ending)
    else for await (const reading of parts.read(page)) await judge(reading)
    await parts.sink.endPage()
    done += page.length
    parts.progress(done)
  }
  return { written, failed, refusals, ended: [...endings.values()][0] }
}
