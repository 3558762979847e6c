import { type AuditEntry, type DisclosureLeg, ok, type Result, STALE_MARK, ZERO_HASH } from '@medchain/core'
import type { Audit } from '../audit/create-audit.ts'
import type { CheckedStatement } from './check-statement.ts'
import type { RecordDecision } from './decide.ts'
import type { DecisionHead } from './fresh-head.ts'

/** Where attempts on charts that do not exist are logged, so that they cost what attempts on others cost. */
export const NO_CHART = ZERO_HASH

/** Writes what is about to be disclosed or refused; ok once it is durable. */
export const logDisclosure = async (
  audit: Audit,
  checked: CheckedStatement,
  leg: DisclosureLeg,
  decisions: readonly RecordDecision[],
  head: DecisionHead,
  loggedMs: number,
): Promise<Result<AuditEntry>> => {
  const { statement, signed, hasChart } = checked
  const idsOf = (some: readonly RecordDecision[]): readonly Uint8Array[] =>
    some.map(({ recordId }) => recordId).filter((recordId) => recordId.length > 0)
  const permitted = decisions.filter(({ decision }) => decision.outcome === 'permit')
  const refused = decisions.filter(({ decision }) => decision.outcome === 'deny')
  const speaking = (permitted[0] ?? refused[0])?.decision
  const entry = await audit.log.append({
    chart: hasChart ? statement.chart : NO_CHART,
    timeMs: head.timeMs,
    height: head.height,
    leg,
    actor: statement.actor,
    purpose: statement.purpose,
    basis: speaking?.basis ?? 'none',
    grantId: speaking?.grant?.grantId,
    permitted: idsOf(permitted),
    refused: idsOf(refused),
    code: refused[0]?.decision.code ?? 'permit',
    statement: signed.statement,
    signature: signed.signature,
    signingKey: checked.signingKey,
    loggedMs,
    reference: speaking?.reference,
    marks: head.staleMs === undefined ? [] : [STALE_MARK],
  })
  return entry.ok ? ok(entry.value) : entry
}
