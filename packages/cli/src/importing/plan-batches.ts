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

/** Of all batches that are not full yet. */
export const OPEN_BYTES_MAX = 16 * 1024 * 1024

/** Puts records into batches of at most 1,000 records and about 8 MiB each, one open for each compartment. */
export interface BatchPlanner {
  /** The batches that are to be sent now: full ones, and the largest when too much is open. */
  readonly add: (item: ImportItem) => readonly PlannedBatch[]
  /** What is still open, the largest first, so that none is left to travel alone for long. */
  readonly rest: () => readonly PlannedBatch[]
}

interface OpenBatch {
  readonly compartment: Compartment
  readonly items: ImportItem[]
  sizeBytes: number
}

export const createBatchPlanner = (): BatchPlanner => {
  const open = new Map<Compartment, OpenBatch>()
  let openBytes = 0

  const bySize = (): OpenBatch[] => [...open.values()].sort((a, b) => b.sizeBytes - a.sizeBytes)

  const close = ({ compartment, items, sizeBytes }: OpenBatch): PlannedBatch => {
    open.delete(compartment)
    openBytes -= sizeBytes
    return { compartment, items, isLarge: false }
  }

  const roomFor = (compartment: Compartment): OpenBatch => {
    const batch = open.get(compartment) ?? { compartment, items: [], sizeBytes: 0 }
    open.set(compartment, batch)
    return batch
  }

  return {
    add(item) {
      const { compartment } = item
      if (isLargeItem(item)) return [{ compartment, items: [item], isLarge: true }]
      const full: PlannedBatch[] = []
      const sizeBytes = item.sizeBytes + OVERHEAD_BYTES
      const present = open.get(compartment)
      if (present && present.sizeBytes + sizeBytes > BATCH_BYTES_MAX) full.push(close(present))
      const batch = roomFor(compartment)
      batch.items.push(item)
      batch.sizeBytes += sizeBytes
      openBytes += sizeBytes
      if (batch.items.length === RECORDS_PER_BATCH_MAX) full.push(close(batch))
      if (openBytes > OPEN_BYTES_MAX) full.push(...bySize().slice(0, 1).map(close))
      return full
    },
    rest: () => bySize().map(close),
  }
}
