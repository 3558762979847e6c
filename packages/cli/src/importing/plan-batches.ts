import { type Compartment, RECORDS_PER_BATCH_MAX } from '@medchain/core'
import type { ImportItem } from './import-item.ts'

/** Records that are anchored by one transaction: of one chart, or a single large one. */
export interface PlannedBatch {
  readonly compartment: Compartment
  readonly items: readonly ImportItem[]
  /** Whether its only record is sealed piece by piece and uploaded ahead of the batch. */
  readonly isLarge: boolean
}

/** A record above this size travels in pieces. Holders answer with ciphertexts of at most 1 MiB at once. */
export const INLINE_RECORD_BYTES_MAX = 960 * 1024
/** Of plaintext; with padding and envelopes a request stays below 16 MiB. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024

// Padding to 4 KiB, tag and envelope.
const OVERHEAD_BYTES = 6 * 1024

export const isLargeItem = ({ content, sizeBytes }: ImportItem): boolean =>
  content.type === 'file' || sizeBytes > INLINE_RECORD_BYTES_MAX

/** Batches of at most 1,000 records and about 8 MiB each, in the order of the compartments' first records. */
export const planBatches = (items: readonly ImportItem[]): readonly PlannedBatch[] => {
  const batches: PlannedBatch[] = []
  const open = new Map<Compartment, { readonly items: ImportItem[]; sizeBytes: number }>()
  for (const item of items) {
    const { compartment } = item
    if (isLargeItem(item)) {
      batches.push({ compartment, items: [item], isLarge: true })
      continue
    }
    const sizeBytes = item.sizeBytes + OVERHEAD_BYTES
    const current = open.get(compartment)
    const hasRoom =
      current &&
      current.items.length < RECORDS_PER_BATCH_MAX &&
      current.sizeBytes + sizeBytes <= BATCH_BYTES_MAX
    if (hasRoom) {
      current.items.push(item)
      current.sizeBytes += sizeBytes
    } else {
      const batch = { items: [item], sizeBytes }
      open.set(compartment, batch)
      batches.push({ compartment, items: batch.items, isLarge: false })
    }
  }
  return batches
}
