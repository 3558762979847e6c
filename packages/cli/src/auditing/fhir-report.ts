import {
  type AuthorshipEvent,
  auditBundle,
  base32FromBytes,
  type DisclosureEvent,
  recordIdFromBatch,
} from '@medchain/core'
import type { BatchInfo } from '../client/api-types.ts'
import type { JsonValue } from '../format/json-value.ts'
import { rfc3339 } from '../format/time.ts'
import { bytesOfId } from '../reading/chain-facts.ts'
import { exclusionOf } from './accounting.ts'
import type { Names } from './audit-row.ts'
import type { AuditFindings, StatementRow } from './report.ts'

const partyOf = (did: string, names: Names) => ({ did, name: names.get(did) })

const eventOf = (row: StatementRow, { names, institutionOf }: Facts, nowMs: number): DisclosureEvent => {
  const institution = institutionOf.get(row.actor)
  return {
    id: row.entryHash,
    recorded: row.at,
    node: partyOf(row.node, names),
    actor: { did: row.actor, name: row.actorName ?? undefined },
    institution: institution === undefined ? undefined : partyOf(institution, names),
    purpose: row.purpose,
    basis: row.basis,
    grantId: row.grantId ?? undefined,
    chart: row.chart,
    kind: row.kind,
    permitted: row.records.filter((id) => !row.refused.includes(id)),
    refused: row.refused,
    code: row.code,
    isAccounted: exclusionOf(row, nowMs) === undefined,
  }
}

type Facts = Pick<AuditFindings, 'names' | 'institutionOf'>

const authorshipOf = (batch: BatchInfo, names: Names): AuthorshipEvent => ({
  id: batch.batchId,
  recorded: rfc3339(batch.timeMs),
  author: partyOf(batch.author, names),
  institution: batch.disputed === null ? partyOf(batch.institution, names) : undefined,
  recordIds: Array.from({ length: batch.count }, (_, position) =>
    base32FromBytes(recordIdFromBatch(bytesOfId(batch.batchId), position)),
  ),
})

/** The audit as a FHIR R4 Bundle: AuditEvents of every entry, Provenance of every import that is known. */
export const auditBundleOf = (
  rows: readonly StatementRow[],
  batches: readonly BatchInfo[],
  facts: Facts,
  nowMs: number,
): { readonly [key: string]: JsonValue } =>
  auditBundle(
    rows.map((row) => eventOf(row, facts, nowMs)),
    batches.map((batch) => authorshipOf(batch, facts.names)),
    rfc3339(nowMs),
  )
