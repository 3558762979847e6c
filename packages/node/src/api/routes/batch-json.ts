import type { Batch } from '@medchain/core'
import { integer, object, string } from '../schema.ts'
import { base32, did, hex } from '../text.ts'

export const batchProperties = {
  batchId: string,
  chart: string,
  epoch: integer,
  author: string,
  institution: string,
  count: integer,
  height: integer,
  timeMs: integer,
  anchorsRoot: string,
}

export const batchSchema = object(batchProperties)

export const batchJson = (batchId: Uint8Array, batch: Batch) => ({
  batchId: base32(batchId),
  chart: did(batch.chart),
  epoch: batch.epoch,
  author: did(batch.author),
  institution: did(batch.institution),
  count: batch.count,
  height: batch.height,
  timeMs: batch.timeMs,
  anchorsRoot: hex(batch.anchorsRoot),
})
