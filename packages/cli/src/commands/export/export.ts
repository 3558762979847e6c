import { writeJson } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { EXIT, exitCodeOf } from '../../exit-code.ts'
import { rfc3339 } from '../../format/time.ts'
import { ownChart } from '../../reading/acting.ts'
import { candidatesOf, isCurrent } from '../../reading/candidates.ts'
import { createEndedPermissions } from '../../reading/ended-permission.ts'
import { type ExportReport, exportCandidates } from '../../reading/export-candidates.ts'
import { type ExportSink, openExportSink } from '../../reading/export-folder.ts'
import { compareCandidates } from '../../reading/list-records.ts'
import { openReadingPlace, readCandidates } from '../../reading/read-candidates.ts'
import { ownReadableChart } from '../../reading/readable-charts.ts'
import { createFaultNotes, namingMembers } from '../../reading/refusals.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'
import { consentsOf } from '../consent/export.ts'
import { findGrantSets } from '../grant/own-grants.ts'

const exportRecords = async (
  context: CommandContext,
  { client, identity, networkId, keyring }: Session,
  sink: ExportSink,
  { done, isAll }: { readonly done: ReadonlySet<string>; readonly isAll: boolean },
): Promise<ExportReport & { readonly leftOut: number }> => {
  const place = await openReadingPlace({
    client,
    identity,
    networkId,
    isPatient: true,
    now: context.host.now,
  })
  const charts = keyring.current().charts.map((entry) => ownReadableChart(ownChart(entry), identity.did))
  const found = await Promise.all(
    charts.map(async (chart) => [...(await candidatesOf(client, chart))].sort(compareCandidates)),
  )
  const wanted = found.flat().filter((candidate) => isAll || isCurrent(candidate))
  const candidates = wanted.filter(({ id }) => !done.has(id))
  const progress = await context.progress('Exporting')
  const report = await exportCandidates(candidates, {
    read: (page) => readCandidates(place, page, 'read', 'PATRQT'),
    sink,
    hasEnded: createEndedPermissions(
      client,
      { height: place.minHeight, timeMs: context.host.now() },
      context.host.now,
    ),
    note: createFaultNotes(context, place),
    progress: (count) => progress.update({ done: count, total: candidates.length }),
    told: (error) => namingMembers(error, place.members),
  }).finally(progress.stop)
  return { ...report, leftOut: found.flat().length - wanted.length }
}

/** Everything of the patient's in a folder; goes on with a folder that an earlier run began. */
export const exportEverything: CommandAction = async (context, input) => {
  const out = textOption(input, 'out')
  if (out === undefined) return fail('usage.missing-option', '--out DIR is needed.')
  const session = await openPatientSession(context)
  const nowMs = context.host.now()
  const { done, ...sink } = await openExportSink(out, session.identity.did, rfc3339(nowMs))
  const isAll = isSet(input, 'all')
  const { written, failed, leftOut } = await exportRecords(context, session, sink, { done, isAll })
  if (leftOut > 0)
    context.note(`${leftOut} are left out that their author replaced or withdrew; --all keeps them apart.`)
  const { consents, untold } = await consentsOf(session, await findGrantSets(session), nowMs)
  await sink.replace('Consent', consents.map(writeJson))
  if (failed.length === 0) await sink.finish()
  for (const { id, code, message } of failed.slice(0, 10)) context.warn(`${id}: ${message} [${code}]`)
  if (untold.length > 0) context.warn(`${untold.length} grants list records that this wallet does not name.`)
  const isBroken = failed.some(({ code }) => exitCodeOf(code) === EXIT.broken)
  return {
    json: {
      subject: session.identity.did,
      records: written.length,
      earlier: done.size,
      superseded: leftOut,
      consents: consents.length,
      out: sink.target,
      failed: failed.map((failure) => ({ ...failure })),
    },
    text: `${written.length} records${done.size > 0 ? ` more than before` : ''} and ${consents.length} grants are in ${sink.target}.`,
    exitCode: isBroken ? EXIT.broken : failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
