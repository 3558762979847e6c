import { erasureIdAt, erasures, isDue, recordsOfErasure, withDisputes } from '@medchain/core'
import type { Head } from '../requests/ports.ts'

/** An erasure whose time has come: what every institution destroys. */
export interface DueErasure {
  readonly id: Uint8Array
  readonly chart: Uint8Array
  /** 18-byte record ids, without those that a hold keeps, and of what disputes them. */
  readonly records: readonly Uint8Array[]
  /** Block time. */
  readonly requestedMs: number
  readonly dueMs: number
}

/**
 * One room's part of an erasure, safe to repeat: `gone` once nothing of the records is left there, durably; `waits` when
 * another institution has to answer first. A failing disk rejects.
 */
export type Destroyer = (erasure: DueErasure) => Promise<'gone' | 'waits'>

export interface DueErasures {
  readonly found: readonly DueErasure[]
  /** Position behind the last erasure that can change no more. */
  readonly next: number
}

/** Due erasures from a position on. They become due in the order in which they were asked for. */
export const dueErasuresIn = ({ view, timeMs }: Pick<Head, 'view' | 'timeMs'>, from: number): DueErasures => {
  const found: DueErasure[] = []
  for (let next = from; ; next++) {
    const id = erasureIdAt(view, next)
    const erasure = id && view.get(erasures, id)
    if (!id || !erasure || (erasure.status === 'requested' && !isDue(erasure, timeMs))) return { found, next }
    if (erasure.status !== 'requested') continue
    const { chart, requestedMs, dueMs } = erasure
    found.push({ id, chart, records: withDisputes(view, recordsOfErasure(view, id)), requestedMs, dueMs })
  }
}
