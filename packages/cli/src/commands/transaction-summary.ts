/** A transaction that was sent; its height once it is committed. */
export interface TransactionNote {
  readonly txId: string
  readonly height: number | null
}

export interface TransactionSummary {
  /** Of the first. */
  readonly txId: string | null
  /** The highest. */
  readonly height: number | null
  readonly transactions: readonly { readonly txId: string; readonly height: number | null }[]
}

/** What every command that changes something tells of its transactions. */
export const summaryOf = (
  transactions: readonly TransactionNote[],
  height: number | null = null,
): TransactionSummary => ({
  txId: transactions[0]?.txId ?? null,
  height: transactions.reduce<number | null>(
    (highest, each) => (each.height === null ? highest : Math.max(highest ?? 0, each.height)),
    height,
  ),
  transactions: transactions.map(({ txId, height: at }) => ({ txId, height: at })),
})
