import { ok, type Result, refuse } from '../../encoding/index.ts'
import type { NetworkParameters } from '../../ledger/genesis.ts'
import { TRANSACTION_SIZE_BYTES_MAX } from '../../ledger/transaction.ts'

/** Less than validators bear of a proposal ahead of their clocks. */
const BLOCK_INTERVAL_MS_MAX = 10_000
const HEARTBEAT_MS_MIN = 500
/** Rounds 2 and 3 carry half of a block, into which the largest transaction must still fit. */
const BLOCK_BYTES_MIN = 2 * TRANSACTION_SIZE_BYTES_MAX
const BLOCK_TRANSACTIONS_MIN = 16

/** Whether a network with these parameters still decides, and can still vote for others (consensus Q59). */
export const validateParameters = (parameters: NetworkParameters): Result<void> => {
  const { blockIntervalMs, heartbeatMs, blockBytesMax, blockTransactionsMax } = parameters
  if (blockIntervalMs > BLOCK_INTERVAL_MS_MAX) {
    return refuse('governance.bad-parameters', 'The block interval is at most ten seconds.')
  }
  if (heartbeatMs < Math.max(HEARTBEAT_MS_MIN, blockIntervalMs)) {
    return refuse(
      'governance.bad-parameters',
      'The heartbeat is at least half a second and no shorter than the block interval.',
    )
  }
  return blockBytesMax >= BLOCK_BYTES_MIN && blockTransactionsMax >= BLOCK_TRANSACTIONS_MIN
    ? ok(undefined)
    : refuse('governance.bad-parameters', 'A block holds at least one mebibyte and sixteen transactions.')
}
