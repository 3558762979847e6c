import { bytes, equalBytes, list, ok, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { institutionsIn } from '../governance/genesis.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { isDue } from './read.ts'
import { erasureReceipts, erasures, type Receipts } from './tables.ts'

export const ERASURES_PER_RECEIPT_MAX = 256

export interface ErasureReceipt {
  readonly erasures: readonly Uint8Array[]
}

const isAmong = (ids: readonly Uint8Array[], id: Uint8Array): boolean =>
  ids.some((each) => equalBytes(each, id))

const receiptsWith = (
  view: ReadView,
  erasureId: Uint8Array,
  { sender, timeMs, height }: TransactionContext,
): Result<Receipts> => {
  const erasure = view.get(erasures, erasureId)
  if (!erasure) return refuse('erasure.unknown', 'There is no erasure of that id.')
  if (!isDue(erasure, timeMs)) return refuse('erasure.not-due', 'The erasure is not due.')
  const before = view.get(erasureReceipts, erasureId) ?? { owed: institutionsIn(view), signed: [] }
  if (!isAmong(before.owed, sender))
    return refuse('erasure.not-owed', 'The institution came after the erasure and owes no receipt.')
  if (before.signed.some(({ institution }) => equalBytes(institution, sender)))
    return refuse('erasure.signed', 'The institution has signed for this erasure.')
  return ok({ ...before, signed: [...before.signed, { institution: sender, height }] })
}

/** An institution says that it destroyed all that it had of due erasures (erasure X5). */
export const signReceipts: TransactionKind<ErasureReceipt> = {
  kind: 'erasure.receipt',
  payload: struct<ErasureReceipt>({ erasures: list(bytes(32), ERASURES_PER_RECEIPT_MAX) }),
  apply: (view, payload, context) => {
    if (!activeInstitution(view, context.sender)) {
      return refuse('erasure.not-institution', 'Only an active institution signs or holds.')
    }
    if (payload.erasures.length === 0) return refuse('erasure.empty', 'A receipt names an erasure.')
    for (const erasureId of payload.erasures) {
      const receipts = receiptsWith(view, erasureId, context)
      if (!receipts.ok) return receipts
      view.put(erasureReceipts, receipts.value, erasureId)
    }
    return ok([{ kind: 'erasure.signed', subjects: [context.sender, ...payload.erasures] }])
  },
}
