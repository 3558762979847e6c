import { didFromAccountId, disclosureHash, epochSecretsOf, hexFromBytes } from '@medchain/core'
import type { Actors } from '../../auditing/actors.ts'
import { findActors } from '../../auditing/actors.ts'
import { type AuditRow, auditRow, compareRows, isAccounted } from '../../auditing/audit-row.ts'
import { auditText } from '../../auditing/audit-text.ts'
import { type Gathered, gatherLogs } from '../../auditing/gather-logs.ts'
import { entriesOf, missingLogs, type NamedGap, verifyLogs } from '../../auditing/verify-logs.ts'
import { formerMembers, provenMembers } from '../../client/proven-members.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { chartsActedFor } from '../../guarding/guarded-charts.ts'
import { type Acting, actAs, type OwnChart, ownChartsOf } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { readContacts } from '../../wallet/contacts.ts'
import { type CommandAction, isSet } from '../command-spec.ts'

const LIMIT = 100

type Row = AuditRow & { readonly statement: string }

const rowsOf = ({ charts }: Gathered, { names }: Actors): readonly Row[] =>
  charts
    .flatMap((evidence) =>
      entriesOf(evidence).map((entry) => ({
        ...auditRow(entry, evidence.chart, names),
        statement: hexFromBytes(disclosureHash(entry.statement)),
      })),
    )
    .sort((a, b) => compareRows(b, a))

const pageOf = (rows: readonly Row[], limit: number, cursor: string | undefined) => {
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

/** The logs of all institutions about the patient's charts, merged, and checked when asked to. */
export const showAudit: CommandAction = async (context, input) => {
  const acting = await actAs(context)
  const charts = await auditedCharts(context, acting, actedFor(input))
  const members = [...(await provenMembers(acting.client)), ...(await formerMembers(acting.client))]
  const progress = await context.progress('Gathering the logs')
  try {
    const gathered = await gatherLogs(acting, members, charts)
    const entries = gathered.charts.flatMap(entriesOf)
    const dids = [...new Set(entries.map(({ actor }) => didFromAccountId(actor)))]
    const contacts = await readContacts((await context.wallet()).files)
    const actors = await findActors(dids, { acting, charts, members, contacts })
    const isVerifying = isSet(input, 'verify')
    const missing = missingLogs(gathered)
    const away = missing.filter(({ code }) => code === 'node.unreachable')
    const gaps = isVerifying ? [...away, ...verifyLogs(gathered, acting, actors)] : missing
    const all = rowsOf(gathered, actors).filter((row) => !isSet(input, 'accounting') || isAccounted(row))
    const { page, next } = pageOf(all, context.options.limit ?? LIMIT, context.options.cursor)
    const verified = isVerifying ? gaps.length === 0 : null
    const institutions = members.length - new Set(away.map(({ node }) => node)).size
    return {
      json: {
        entries: page.map(({ statement, ...row }) => row),
        gaps: gaps.map((gap) => ({ ...gap })),
        verified,
        next: next ?? null,
      },
      text: auditText({ rows: page, gaps, verified, institutions, total: all.length, next }, context.paint),
      exitCode: exitCodeFor(gaps),
    }
  } finally {
    progress.stop()
  }
}
