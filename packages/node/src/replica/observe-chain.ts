import { auditHeads } from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Ledger } from './ledger-api.ts'

export interface ObservedChain {
  readonly ledger: Pick<Ledger, 'status' | 'view'>
  readonly institution: Uint8Array
  readonly clock: Clock
  readonly metrics: Metrics
}

/** What is asked of the chain when somebody looks at the metrics; times in seconds. */
export const observeChain = ({ ledger, institution, clock, metrics }: ObservedChain): void => {
  metrics.observe('medchain_mempool_waiting_transactions', () => ledger.status().mempool.transactions)
  metrics.observe('medchain_mempool_waiting_bytes', () => ledger.status().mempool.sizeBytes)
  metrics.observe(
    'medchain_ledger_head_age_seconds',
    () => Math.max(0, clock.wallMs() - ledger.status().headTimeMs) / 1000,
    'time since the newest block, by its own time',
  )
  metrics.observe(
    'medchain_audit_anchor_age_seconds',
    () => {
      const anchor = ledger.view().get(auditHeads, institution)
      return anchor ? Math.max(0, ledger.status().headTimeMs - anchor.timeMs) / 1000 : 0
    },
    'block time since this institution anchored its audit log, 0 before the first time',
  )
}
