import { didFromAccountId, epochSecretsOf } from '@medchain/core'
import { accountingJson, accountingOf } from '../../auditing/accounting.ts'
import { accountingText } from '../../auditing/accounting-text.ts'
import { auditText } from '../../auditing/audit-text.ts'
import { verifyExportFile, writeAuditExport } from '../../auditing/export-file.ts'
import { auditBundleOf } from '../../auditing/fhir-report.ts'
import { type LiveFindings, liveFindings } from '../../auditing/live-findings.ts'
import { type AuditFindings, rowsOf, type StatementRow } from '../../auditing/report.ts'
import type { NamedGap } from '../../auditing/verify-logs.ts'
import { batchesOfChart } from '../../client/accounts.ts'
import type { BatchInfo } from '../../client/api-types.ts'
import { readHandovers } from '../../client/validators-of.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import type { DescribedEmergency } from '../../emergencies/emergency-details.ts'
import { emergenciesText, emergencyJson } from '../../emergencies/emergency-row.ts'
import { knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { rfc3339 } from '../../format/time.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { chartsActedFor } from '../../guarding/guarded-charts.ts'
import { type Acting, actAs, type OwnChart, ownChartsOf } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { type Contact, readKnown } from '../../wallet/contacts.ts'
import {
  type CommandAction,
  type CommandInput,
  type CommandResult,
  isSet,
  textOption,
} from '../command-spec.ts'
import { refuseUnproven } from '../refuse-unproven.ts'

const LIMIT = 100

const pageOf = (rows: readonly StatementRow[], limit: number, cursor: string | undefined) => {
  const after = cursor === undefined ? -1 : rows.findIndex(({ entryHash }) => entryHash === cursor)
  if (cursor !== undefined && after < 0)
    return fail('usage.cursor', 'There is no page of that name; begin without --cursor.')
  const page = rows.slice(after + 1, after + 1 + limit)
  return { page, next: after + 1 + limit < rows.length ? page.at(-1)?.entryHash : undefined }
}

// A reader may ask one holder only: then nothing was opened, and the other holder did no wrong.
const OPEN_QUESTIONS: ReadonlySet<string> = new Set(['node.unreachable', 'audit.leg-missing'])

const exitCodeFor = (gaps: readonly NamedGap[]): ExitCode => {
  if (gaps.some(({ code }) => !OPEN_QUESTIONS.has(code))) return EXIT.broken
  return gaps.length > 0 ? EXIT.partly : EXIT.done
}

const checkOf = ({ gaps, pending, isVerified }: AuditFindings) => ({
  gaps: gaps.map((gap) => ({ ...gap })),
  pending: pending.map((entry) => ({ ...entry })),
  verified: isVerified,
})

/** Everything, the accounting, or the FHIR bundle, as the options say. */
const resultOf = (
  context: CommandContext,
  input: CommandInput,
  findings: AuditFindings,
  batches: readonly BatchInfo[],
): CommandResult => {
  const { gaps, pending, isVerified, institutions } = findings
  const exitCode = exitCodeFor(gaps)
  const rows = rowsOf(findings)
  if (isSet(input, 'fhir')) {
    const bundle = auditBundleOf(rows, batches, findings, context.host.now())
    for (const { nodeName, message, code } of gaps) context.warn(`${nodeName}: ${message} [${code}]`)
    return { json: bundle, text: JSON.stringify(bundle, undefined, 2), exitCode }
  }
  if (isSet(input, 'accounting')) {
    const accounting = accountingOf(rows, context.host.now())
    const json = { ...accountingJson(accounting), ...checkOf(findings), next: null }
    return { json, text: accountingText(accounting, findings, context.paint), exitCode }
  }
  const { page, next } = pageOf(rows, context.options.limit ?? LIMIT, context.options.cursor)
  const view = {
    rows: page,
    all: rows,
    gaps,
    pending,
    verified: isVerified,
    institutions,
    total: rows.length,
    next,
  }
  return {
    json: {
      entries: page.map(({ statement, kind, ...row }) => row),
      ...checkOf(findings),
      next: next ?? null,
    },
    text: auditText(view, context.paint, context.columns),
    exitCode,
  }
}

const exportTo = async (
  context: CommandContext,
  { client, networkId }: Acting,
  target: string,
  { gathered, reading }: LiveFindings,
): Promise<string> => {
  const handovers = await readHandovers(client)
  const madeMs = context.host.now()
  return writeAuditExport(context, target, { networkId, madeMs, handovers, reading, charts: gathered })
}

const offline = async (context: CommandContext, input: CommandInput, from: string) => {
  const genesis = textOption(input, 'genesis')
  if (genesis === undefined)
    return fail('usage.missing-option', '--genesis FILE is needed: an export is checked against it alone.')
  const findings = await verifyExportFile(from, genesis)
  const asOf = rfc3339(findings.asOfMs)
  const result = resultOf(context, input, findings, [])
  if (isSet(input, 'fhir')) return result
  const json = { ...result.json, asOf }
  return {
    ...result,
    json,
    text: `${result.text}\n\nThe export is of ${asOf}; it says nothing of what came later.`,
  }
}

/** One's own charts, or those in which a guardian acts for somebody. */
const auditedCharts = async (
  context: CommandContext,
  acting: Acting,
  subject: string | undefined,
): Promise<readonly OwnChart[]> => {
  if (subject !== undefined) {
    const guarded = await chartsActedFor(acting, await findSubject(context, subject))
    return guarded.map(({ chart, compartment, received }) => ({
      chart,
      did: didFromAccountId(chart),
      compartment,
      actor: acting.identity.actor,
      epochs: epochSecretsOf(received),
    }))
  }
  return acting.isPatient
    ? ownChartsOf(context, acting)
    : fail('usage.role', 'The audit is the patient’s: name a patient with --as.', 'A guardian adds --for.')
}

/** What was declared stands on the chain, not in the logs: an audit of one's own charts shows it beside them. */
const withEmergencies = (
  context: CommandContext,
  result: CommandResult,
  declared: readonly DescribedEmergency[],
  names: readonly Contact[],
): CommandResult => {
  if (declared.length === 0) return result
  const nowMs = context.host.now()
  return {
    ...result,
    json: { ...result.json, emergencies: declared.map((each) => emergencyJson(each, nowMs)) },
    text: `${result.text}\n\n${emergenciesText(declared, nowMs, { width: context.columns, names })}`,
  }
}

/** The logs of all institutions about the patient's charts, merged, and checked when asked to. */
export const showAudit: CommandAction = async (context, input) => {
  const from = textOption(input, 'from')
  if (from !== undefined) return offline(context, input, from)
  const target = textOption(input, 'export')
  const isChecking = isSet(input, 'verify') || target !== undefined
  if (isChecking) refuseUnproven(context)
  const acting = await actAs(context)
  const subject = actedFor(input)
  if (target !== undefined && subject !== undefined)
    return fail('usage.conflict', 'An export is signed by the charts themselves: only the patient makes one.')
  const charts = await auditedCharts(context, acting, subject)
  const contacts = await readKnown((await context.wallet()).files)
  const progress = await context.progress('Gathering the logs')
  const findings = await liveFindings(acting, { charts, contacts, isChecking }).finally(progress.stop)
  const batches = isSet(input, 'fhir')
    ? (await Promise.all(charts.map(({ chart }) => batchesOfChart(acting.client, chart)))).flat()
    : []
  const isListed = acting.isPatient && !isSet(input, 'fhir') && !isSet(input, 'accounting')
  const declared = isListed ? await knownEmergencies(context, acting) : []
  const result = withEmergencies(context, resultOf(context, input, findings, batches), declared, contacts)
  if (target === undefined) return result
  const file = await exportTo(context, acting, target, findings)
  return {
    ...result,
    json: { ...result.json, file },
    text: `${result.text}\n\nThe audit and all its proofs are in ${file}.`,
  }
}
