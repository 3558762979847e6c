import { didFromAccountId } from '@medchain/core'
import type { ListedRecord } from './list-records.ts'

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
  institution: didFromAccountId(record.batch.institution),
  height: record.batch.height,
  sizeBytes: record.header.sizeBytes,
  state: candidate.superseded?.state ?? 'current',
  supersededBy: candidate.superseded?.supersededBy ?? null,
})
