import { recordIdOf } from '@medchain/core'

export const idsOf = (batchId: Uint8Array, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, position) => recordIdOf(batchId, position))
