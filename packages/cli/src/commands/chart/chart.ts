import type { Purpose, Refusal } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail } from '../../command-error.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../../exit-code.ts'
import { rfc3339 } from '../../format/time.ts'
import { compartmentsOption } from '../../reading/compartment-option.ts'
import { type ChartSink, createChartSink } from '../../reading/export-records.ts'
import { compareCandidates } from '../../reading/list-records.ts'
import { type OpenCharts, openCharts } from '../../reading/open-charts.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { type CandidateReading, readCandidates, usualPurpose } from '../../reading/read-candidates.ts'
import {
  createFaultNotes,
  isDenial,
  mostTelling,
  namingMembers,
  refusalError,
} from '../../reading/refusals.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const SHOWN_FAILURES_MAX = 10

interface FailedRecord {
  readonly id: string
  readonly code: string
  readonly message: string
}

interface Written {
  readonly count: number
  readonly refusals: readonly Refusal[]
  readonly failed: readonly FailedRecord[]
}

const writeOne = async (
  sink: ChartSink,
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

const writeAll = async (
  context: CommandContext,
  { place, candidates }: OpenCharts,
  purpose: Purpose,
  sink: ChartSink,
): Promise<Written> => {
  const note = createFaultNotes(context, place)
  const progress = await context.progress('Reading')
  const refusals: Refusal[] = []
  const failed: FailedRecord[] = []
  let done = 0
  try {
    const ordered = [...candidates].sort(compareCandidates)
    for await (const reading of readCandidates(place, ordered, 'read', purpose)) {
      note(reading)
      const refusal = await writeOne(sink, reading)
      if (refusal !== undefined) {
        refusals.push(refusal)
        const { code, message } = namingMembers(refusalError(refusal), place.members)
        // What the rules refuse is none of what one may read, so it is not counted here.
        if (!isDenial(code)) failed.push({ id: reading.candidate.id, code, message })
      }
      progress.update({ done: ++done, total: candidates.length })
    }
  } finally {
    progress.stop()
  }
  return { count: done - refusals.length, refusals, failed }
}

const exitCodeFor = (failed: readonly FailedRecord[]): ExitCode => {
  if (failed.some(({ code }) => exitCodeOf(code) === EXIT.broken)) return EXIT.broken
  return failed.length > 0 ? EXIT.partly : EXIT.done
}

/** Everything of a patient that the person may read, as a Bundle or as files. */
export const writeChart: CommandAction = async (context, input) => {
  const out = textOption(input, 'out')
  if (out === undefined) return fail('usage.missing-option', '--out DIR or --out FILE.json is needed.')
  const open = await openCharts(context, input.args[0], compartmentsOption(input))
  const purpose = purposeOption(input, usualPurpose(open.acting))
  const sink = await createChartSink(out, rfc3339(context.host.now()))
  try {
    const { count, refusals, failed } = await writeAll(context, open, purpose, sink)
    const telling = mostTelling(refusals)
    if (count === 0 && telling !== undefined) throw telling
    await sink.finish()
    for (const { id, code, message } of failed.slice(0, SHOWN_FAILURES_MAX)) {
      context.warn(`${id}: ${message} [${code}]`)
    }
    if (failed.length > SHOWN_FAILURES_MAX) context.warn(`… and ${failed.length - SHOWN_FAILURES_MAX} more.`)
    return {
      json: {
        subject: open.charts[0]?.subject ?? null,
        records: count,
        out: sink.target,
        failed: failed.map((failure) => ({ ...failure })),
      },
      text: `${count} records are in ${sink.target}.`,
      exitCode: exitCodeFor(failed),
    }
  } catch (error) {
    await sink.abandon()
    throw error
  }
}
