import { bool, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { charts } from '../identity/tables.ts'
import { guardedCharts } from './tables.ts'

export interface Reservation {
  readonly isReserved: boolean
}

/**
 * A chart keeps itself from every guardian, present and future, or opens itself again (G6): how what is sealed to an
 * adolescent alone stays so, whoever was appointed before.
 */
export const reserveChart: TransactionKind<Reservation> = {
  kind: 'guardianship.reserve',
  payload: struct<Reservation>({ isReserved: bool }),
  apply: (view, { isReserved }, { sender }) => {
    if (!view.get(charts, sender)) {
      return refuse('guardian.not-chart', 'Only the patient’s chart keeps itself from guardians.')
    }
    const guarded = view.get(guardedCharts, sender) ?? { count: 0, isReserved: false }
    if (guarded.isReserved === isReserved) {
      return refuse('guardian.unchanged', 'The chart says so already.')
    }
    view.put(guardedCharts, { ...guarded, isReserved }, sender)
    return ok([{ kind: 'guardianship.reserved', subjects: [sender] }])
  },
}
