import { COMPARTMENTS, type Compartment, isCompartment } from '@medchain/core'
import { isPart2Program } from '../../client/part2-programs.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../../exit-code.ts'
import { hintOf } from '../../hints.ts'
import { type FoundFiles, findFiles } from '../../importing/find-files.ts'
import type { ImportPlan } from '../../importing/items-of-file.ts'
import { createNetworkGate } from '../../importing/network-gate.ts'
import { openGate } from '../../importing/open-gate.ts'
import { createReadAhead, type ResourceSource } from '../../importing/read-ahead.ts'
import type { ImportReport } from '../../importing/report.ts'
import { runImport } from '../../importing/run-import.ts'
import { type Acting, actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import type { Party } from '../../wallet/contacts.ts'
import { type CommandAction, type CommandInput, type CommandResult, textOption } from '../command-spec.ts'

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/
const SHOWN_FAILURES_MAX = 20

const compartmentOption = (input: CommandInput): Compartment | 'auto' => {
  const name = textOption(input, 'compartment') ?? 'auto'
  return name === 'auto' || isCompartment(name)
    ? name
    : fail(
        'usage.compartment',
        `“${name}” is no compartment.`,
        `auto, or one of: ${COMPARTMENTS.join(', ')}.`,
      )
}

const mediaTypeOption = (input: CommandInput): string | undefined => {
  const mediaType = textOption(input, 'mediaType')
  if (mediaType === undefined || (MEDIA_TYPE.test(mediaType) && mediaType.length <= 255)) return mediaType
  return fail('usage.media-type', `“${mediaType}” is no media type.`, 'Write it as in image/png.')
}

const subjectOption = async (context: CommandContext, input: CommandInput): Promise<Party> => {
  const typed = textOption(input, 'subject')
  if (typed === undefined)
    return fail('usage.missing-option', '--subject SUBJECT is needed: whose records are these?')
  return findSubject(context, typed)
}

const exitCodeFor = ({ imported, skipped, failed }: ImportReport): ExitCode => {
  if (failed.length === 0) return EXIT.done
  if (imported + skipped > 0) return EXIT.partly
  const [code = EXIT.failed, other] = new Set(failed.map((failure) => exitCodeOf(failure.code)))
  return other === undefined && (code === EXIT.denied || code === EXIT.busy) ? code : EXIT.failed
}

/** The error that a script reads when nothing at all was imported. */
const errorOf = ({ failed }: ImportReport) => {
  const [first] = failed
  const isOne = first !== undefined && failed.every(({ code }) => code === first.code)
  const code = isOne ? first.code : 'import.all-failed'
  const message =
    failed.length === 1 && first ? first.message : 'Nothing could be imported; each failure is listed.'
  return { code, message, hint: hintOf(code) ?? null }
}

const resultOf = (context: CommandContext, report: ImportReport): CommandResult => {
  const { imported, skipped, failed, records } = report
  for (const { path: file, code, message } of failed.slice(0, SHOWN_FAILURES_MAX)) {
    if (!context.options.isJson) context.warn(`${file}: ${message} [${code}]`)
  }
  const hidden = failed.length - SHOWN_FAILURES_MAX
  if (hidden > 0 && !context.options.isJson) context.warn(`… and ${hidden} more; --json lists them all.`)
  const exitCode = exitCodeFor(report)
  const isFailure = exitCode !== EXIT.done && exitCode !== EXIT.partly
  const parts = [`${imported} imported`, `${skipped} known already`, `${failed.length} failed`]
  return {
    json: {
      imported,
      skipped,
      failed: failed.map((failure) => ({ ...failure })),
      records: records.map((record) => ({ ...record })),
      ...(isFailure && { error: errorOf(report) }),
    },
    text: `${parts.join(', ')}.`,
    exitCode,
  }
}

interface Wanted {
  readonly subject: Party
  readonly compartment: Compartment | 'auto'
  readonly mediaType: string | undefined
}

const importFound = async (
  context: CommandContext,
  acting: Acting,
  { subject, compartment, mediaType }: Wanted,
  found: FoundFiles,
  resourcesOf: ResourceSource,
): Promise<ImportReport> => {
  const progress = await context.progress('Importing')
  try {
    const place = await openGate(context, acting, subject, progress)
    const isProgram = await isPart2Program(acting.client, place.author.institution.institution)
    const atLeast = isProgram ? ('substance-use' as const) : undefined
    const plan: ImportPlan = { person: subject.id, compartment, atLeast, mediaType }
    return await runImport(found, plan, createNetworkGate(place), resourcesOf)
  } finally {
    progress.stop()
  }
}

/** Puts the resources of files into a patient's charts. */
export const importRecords: CommandAction = async (context, input) => {
  const compartment = compartmentOption(input)
  const mediaType = mediaTypeOption(input)
  const subject = await subjectOption(context, input)
  const found = await findFiles(input.args, mediaType !== undefined)
  if (found.ignored > 0) {
    context.note(
      `${found.ignored} files are left out: their names are not those of FHIR files (--media-type takes all).`,
    )
  }
  // Opening the wallet takes as long as reading some thousand resources, on another core.
  const ahead = createReadAhead(mediaType === undefined ? found.files : [])
  try {
    const acting = await actAs(context)
    const wanted = { subject, compartment, mediaType }
    return resultOf(context, await importFound(context, acting, wanted, found, ahead.resourcesOf))
  } finally {
    await ahead.close()
  }
}
