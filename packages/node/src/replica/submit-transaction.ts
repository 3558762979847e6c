import { ok, pendingFromBytes, type Refusal, type Result, refuse } from '@medchain/core'
import { type Clock, within } from '../clock.ts'
import type { CommitWaiters } from './commit-waiters.ts'
import type { Ledger, SubmitOptions, Submitted } from './ledger-api.ts'

const COMMIT_TIMEOUT_MS = 30_000

export interface SubmitParts {
  readonly clock: Clock
  readonly waiters: CommitWaiters
  readonly heightOf: Ledger['heightOf']
  readonly isPending: Ledger['isPending']
  /** The replica's advisory answer. */
  readonly admit: (bytes: Uint8Array) => Promise<Result<Uint8Array>>
}

const unconfirmed = (): Refusal =>
  refuse(
    'node.unconfirmed',
    'The transaction is not committed yet; sending the same bytes again asks for it.',
  )

/** Admits a transaction, unless it waits or is committed already, and waits for its block. */
export const createSubmit = (parts: SubmitParts): Ledger['submit'] => {
  const { clock, waiters, heightOf, isPending } = parts

  const admitted = async (bytes: Uint8Array, txId: Uint8Array): Promise<Result<void>> => {
    if (isPending(txId)) return ok(undefined)
    const answer = await parts.admit(bytes)
    // Between the first look and the answer it may have come in from elsewhere.
    const isKnown = answer.ok || isPending(txId) || heightOf(txId) !== undefined
    return isKnown ? ok(undefined) : (answer as Refusal)
  }

  return async (bytes: Uint8Array, options: SubmitOptions = {}): Promise<Result<Submitted>> => {
    const pending = pendingFromBytes(bytes)
    if (!pending.ok) return pending
    const { txId } = pending.value
    const known = heightOf(txId)
    if (known !== undefined) return ok({ txId, height: known })
    const { outcome, leave } = waiters.wait(txId)
    try {
      const admission = await admitted(bytes, txId)
      if (!admission.ok) return admission
      if (options.wait === false) return ok({ txId, height: heightOf(txId) })
      const height = heightOf(txId)
      if (height !== undefined) return ok({ txId, height })
      const committed = await within(clock, options.timeoutMs ?? COMMIT_TIMEOUT_MS, outcome, unconfirmed)
      return committed.ok ? ok({ txId, height: committed.value }) : committed
    } finally {
      leave()
    }
  }
}
