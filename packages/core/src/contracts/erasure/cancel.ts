import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { isDue } from './read.ts'
import { type Erasure, erasures } from './tables.ts'

export interface ErasureCancellation {
  readonly erasureId: Uint8Array
}

/** The chart takes an erasure back before it is due (erasure X2). */
export const cancelErasure: TransactionKind<ErasureCancellation> = {
  kind: 'erasure.cancel',
  payload: struct<ErasureCancellation>({ erasureId: bytes(32) }),
  apply: (view, { erasureId }, { sender, timeMs }) => {
    const erasure = view.get(erasures, erasureId)
    if (!erasure || !equalBytes(erasure.chart, sender)) {
      return refuse('erasure.unknown', 'The chart has no erasure of that id.')
    }
    if (erasure.status !== 'requested')
      return refuse('erasure.ended', 'The erasure was cancelled or refused before.')
    if (isDue(erasure, timeMs)) {
      return refuse('erasure.due', 'The 72 hours are over: holders destroy, and nothing brings it back.')
    }
    const cancelled: Erasure = { ...erasure, status: 'cancelled' }
    view.put(erasures, cancelled, erasureId)
    return ok([{ kind: 'erasure.cancelled', subjects: [sender, erasureId] }])
  },
}
