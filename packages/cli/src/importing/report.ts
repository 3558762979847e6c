import type { Compartment } from '@medchain/core'
import type { ImportFailure, ImportItem } from './import-item.ts'

/** A record that stands on the chain now. */
export interface ImportedRecord {
  readonly id: string
  readonly subject: string
  readonly compartment: Compartment
  readonly resourceType: string
  readonly mediaType: string
  readonly title: string
  readonly author: string
  readonly height: number
  readonly sizeBytes: number
}

export interface ImportReport {
  readonly imported: number
  /** Items that the institution had already. */
  readonly skipped: number
  readonly failed: readonly ImportFailure[]
  readonly records: readonly ImportedRecord[]
}

/** One failure for each file that items of a refused batch came from. */
export const failuresOfItems = (
  items: readonly ImportItem[],
  code: string,
  message: string,
): readonly ImportFailure[] => {
  const counts = new Map<string, number>()
  for (const { path } of items) counts.set(path, (counts.get(path) ?? 0) + 1)
  return [...counts].map(([path, count]) => ({
    path,
    code,
    message: count === 1 ? message : `${message} (${count} resources of this file)`,
  }))
}
