import path from 'node:path'
import type { Purpose } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../../exit-code.ts'
import { rfc3339 } from '../../format/time.ts'
import { isCurrent } from '../../reading/candidates.ts'
import { compartmentsOption } from '../../reading/compartment-option.ts'
import { createEndedPermissions } from '../../reading/ended-permission.ts'
import { type ExportReport, exportCandidates, type FailedRecord } from '../../reading/export-candidates.ts'
import { type ChartSink, createChartSink } from '../../reading/export-records.ts'
import { compareCandidates } from '../../reading/list-records.ts'
import { type OpenCharts, openCharts } from '../../reading/open-charts.ts'
import { NOTICE_FILE, noticeText, part2NoticeOf } from '../../reading/part2-notice.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { readCandidates, usualPurpose } from '../../reading/read-candidates.ts'
import { createFaultNotes, mostTelling, namingMembers } from '../../reading/refusals.ts'
import { writeWhole } from '../../reading/write-whole.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const SHOWN_FAILURES_MAX = 10

const writeAll = async (
  context: CommandContext,
  { place, candidates }: OpenCharts,
  purpose: Purpose,
  sink: ChartSink,
): Promise<ExportReport> => {
  const progress = await context.progress('Reading')
  const beginning = { height: place.minHeight, timeMs: place.now() }
  const ordered = [...candidates].sort((a, b) =>
    a.chart.did === b.chart.did ? compareCandidates(a, b) : a.chart.did < b.chart.did ? -1 : 1,
  )
  return exportCandidates(ordered, {
    read: (page) => readCandidates(place, page, 'read', purpose),
    sink,
    hasEnded: createEndedPermissions(place.client, beginning, place.now),
    note: createFaultNotes(context, place),
    progress: (done) => progress.update({ done, total: ordered.length }),
    told: (error) => namingMembers(error, place.members),
  }).finally(progress.stop)
}

const exitCodeFor = (failed: readonly FailedRecord[]): ExitCode => {
  if (failed.some(({ code }) => exitCodeOf(code) === EXIT.broken)) return EXIT.broken
  return failed.length > 0 ? EXIT.partly : EXIT.done
}

/** Everything of a patient that the person may read, as a Bundle or as files. */
export const writeChart: CommandAction = async (context, input) => {
  const out = textOption(input, 'out')
  if (out === undefined) return fail('usage.missing-option', '--out DIR or --out FILE.json is needed.')
  const asked = purposeOption(input, undefined)
  const found = await openCharts(context, input.args[0], compartmentsOption(input), asked)
  const open = { ...found, candidates: found.candidates.filter(isCurrent) }
  const superseded = found.candidates.length - open.candidates.length
  if (superseded > 0)
    context.note(`${superseded} are left out that their author replaced or withdrew; record show opens them.`)
  const purpose = asked ?? usualPurpose(open.acting)
  const sink = await createChartSink(out, rfc3339(context.host.now()))
  try {
    const { written, refusals, failed, ended } = await writeAll(context, open, purpose, sink)
    const telling = mostTelling(refusals)
    if (written.length === 0 && telling !== undefined) throw namingMembers(telling, open.place.members)
    await sink.finish()
    const ids = new Set(written)
    const read = open.candidates.filter(({ id }) => ids.has(id))
    const notice = await part2NoticeOf(open.acting, read, open.place.members, context.host.now())
    if (notice) {
      context.warn(noticeText(notice))
      const beside = sink.isFolder ? path.join(sink.target, NOTICE_FILE) : `${sink.target}.${NOTICE_FILE}`
      await writeWhole(beside, Buffer.from(`${noticeText(notice)}\n`))
    }
    if (ended)
      context.warn(
        `${ended.message} What was read before is kept; nothing after it was opened. [${ended.code}]`,
      )
    for (const { id, code, message } of failed.slice(0, SHOWN_FAILURES_MAX)) {
      context.warn(`${id}: ${message} [${code}]`)
    }
    if (failed.length > SHOWN_FAILURES_MAX) context.warn(`… and ${failed.length - SHOWN_FAILURES_MAX} more.`)
    return {
      json: {
        subject: open.charts[0]?.subject ?? null,
        records: written.length,
        superseded,
        written,
        ...(notice && { part2: { ...notice } }),
        out: sink.target,
        failed: failed.map((failure) => ({ ...failure })),
      },
      text: `${written.length} records are in ${sink.target}.`,
      exitCode: exitCodeFor(failed),
    }
  } catch (error) {
    await sink.abandon()
    throw error
  }
}
