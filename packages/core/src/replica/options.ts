/** What an operator may tune; no two nodes need to agree on these. */
export interface ReplicaOptions {
  /** Timeout of round 0 before this node has measured any; each further round takes half as long again. */
  readonly roundTimeoutMs: number
  /** Bounds of the measured timeout of round 0. */
  readonly roundTimeoutMsMin: number
  readonly roundBaseMsMax: number
  /** Longest timeout of any round. */
  readonly roundTimeoutMsMax: number
  /** How long a transaction is known before its absence from a proposal counts against the proposer. */
  readonly proposerGraceMs: number
  /** A proposal later than this by the own clock is refused at once, an earlier one is held until due. */
  readonly clockAheadMsMax: number
  /** What judging a block of this node may take, by estimate (`judgingCostUs`): well within a round. */
  readonly assemblyCostMsMax: number
  readonly mempoolTransactionsMax: number
  readonly mempoolSizeBytesMax: number
  readonly mempoolPerAccountMax: number
  readonly mempoolPerInstitutionMax: number
  /** A part of `mempoolSizeBytesMax`, so that one institution fills nobody's mempool. */
  readonly mempoolPerInstitutionSizeBytesMax: number
  /** Transactions wait this long for company before they are spread: a message costs each node the same, full or not. */
  readonly bundleDelayMs: number
  /** They wait longer while no block can take them in, and no longer than this. */
  readonly bundleWaitMsMax: number
  /** So many are company enough. */
  readonly bundleTransactions: number
  readonly bundleSizeBytesMax: number
  /** An answer is worked through in one go: these keep that under a tenth of a second. */
  readonly syncSizeBytesMax: number
  readonly syncBlocksMax: number
  readonly syncTimeoutMs: number
  readonly checkpointBlocks: number
  readonly checkpointMs: number
  /** Multiples of this height get a checkpoint where that is possible, so that nodes make snapshots of the same one; 0 for none. */
  readonly snapshotBlocks: number
  /** How many block summaries `status()` shows. */
  readonly summariesMax: number
}

export const DEFAULT_OPTIONS: ReplicaOptions = {
  roundTimeoutMs: 1000,
  roundTimeoutMsMin: 400,
  roundBaseMsMax: 3000,
  roundTimeoutMsMax: 15_000,
  proposerGraceMs: 50,
  clockAheadMsMax: 15_000,
  assemblyCostMsMax: 150,
  mempoolTransactionsMax: 20_000,
  mempoolSizeBytesMax: 64 * 1024 * 1024,
  mempoolPerAccountMax: 1000,
  mempoolPerInstitutionMax: 10_000,
  mempoolPerInstitutionSizeBytesMax: 16 * 1024 * 1024,
  bundleDelayMs: 5,
  bundleWaitMsMax: 50,
  bundleTransactions: 16,
  bundleSizeBytesMax: 256 * 1024,
  syncSizeBytesMax: 192 * 1024,
  syncBlocksMax: 128,
  syncTimeoutMs: 3000,
  checkpointBlocks: 64,
  checkpointMs: 1000,
  snapshotBlocks: 0,
  summariesMax: 32,
}
