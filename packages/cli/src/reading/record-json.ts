import { didFromAccountId } from '@medchain/core'
import type { DisputeInfo } from '../client/disputes.ts'
import { rfc3339 } from '../format/time.ts'
import type { ListedRecord } from './list-records.ts'

export const disputeJson = ({ id, by, role, height, timeMs }: DisputeInfo) => ({
  ...{ id, by, role, height },
  at: rfc3339(timeMs),
})

/** A record without its content, as scripts get it. */
export const recordJson = ({ candidate, record }: ListedRecord) => ({
  id: candidate.id,
  subject: candidate.chart.subject,
  compartment: candidate.chart.compartment,
  resourceType: record.header.resourceType,
  mediaType: record.header.mediaType,
  title: record.header.title,
  date: record.header.date ?? null,
  author: didFromAccountId(record.batch.author),
  // What disputes a record counts as written where the record was, and is nobody’s word there.
  institution: candidate.batch.disputed === null ? didFromAccountId(record.batch.institution) : null,
  height: record.batch.height,
  sizeBytes: record.header.sizeBytes,
  state: candidate.superseded?.state ?? 'current',
  supersededBy: candidate.superseded?.supersededBy ?? null,
  disputed: candidate.batch.disputed,
  disputes: candidate.disputes.map(disputeJson),
})
