import type { Metrics } from '../metrics/index.ts'

const HANDLE_MS_BUCKETS = [0.1, 0.5, 1, 5, 10, 25, 50, 100, 250, 1000]
const TRANSACTION_BUCKETS = [0, 1, 4, 16, 64, 256, 1024, 4096]

export type LedgerTelemetry = ReturnType<typeof createLedgerTelemetry>

/** Every metric of this room. */
export const createLedgerTelemetry = (metrics: Metrics) => ({
  height: metrics.gauge('medchain_ledger_height_blocks'),
  round: metrics.gauge('medchain_ledger_commit_round_number'),
  roundsAboveZero: metrics.counter('medchain_ledger_rounds_above_zero_total'),
  checkpointHeight: metrics.gauge('medchain_ledger_checkpoint_height_blocks'),
  blocks: metrics.counter('medchain_ledger_committed_blocks_total'),
  transactions: metrics.counter('medchain_ledger_committed_transactions_total'),
  transactionsDropped: metrics.counter('medchain_ledger_dropped_transactions_total'),
  submissionsRefused: metrics.counter('medchain_ledger_refused_submissions_total'),
  inputsTurnedAway: metrics.counter('medchain_ledger_turned_away_inputs_total'),
  evidence: metrics.counter('medchain_ledger_evidence_total'),
  handleMs: metrics.histogram('medchain_ledger_input_milliseconds', HANDLE_MS_BUCKETS),
  blockTransactions: metrics.histogram('medchain_ledger_block_transactions', TRANSACTION_BUCKETS),
})
