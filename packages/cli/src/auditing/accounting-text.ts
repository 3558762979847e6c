import type { Palette } from '../format/palette.ts'
import { tableText } from '../format/table.ts'
import type { Accounting } from './accounting.ts'
import { auditHeadline, gapLines } from './audit-text.ts'
import type { AuditFindings } from './report.ts'

/** The accounting as a person reads it. */
export const accountingText = (accounting: Accounting, findings: AuditFindings, paint: Palette): string => {
  const rows = accounting.disclosures.map((each) => [
    each.first,
    each.frequency === 1 ? '' : each.last,
    String(each.frequency),
    each.recipientName ?? each.recipient,
    each.purposeText,
    each.description,
  ])
  const columns = ['First', 'Last', 'Times', 'To', 'Purpose', 'What']
  const left = accounting.excluded
    .filter(({ count }) => count > 0)
    .map(({ count, rule, citation }) => `${count} left out: ${rule} (${citation})`)
  const parts = [
    auditHeadline({ ...findings, total: undefined }, paint),
    gapLines(findings.gaps).join('\n'),
    tableText(columns, rows, `No disclosure since ${accounting.from.slice(0, 10)} is to be accounted for.`),
    left.join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}
