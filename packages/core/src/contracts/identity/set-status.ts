import { bytes, equalBytes, ok, refuse, struct, word } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from './enrol.ts'
import { type Account, accounts } from './tables.ts'

export interface StatusChange {
  readonly account: Uint8Array
  readonly status: Account['status']
}

/** A sponsor suspends an account it enrolled, or puts it back in force. */
export const setStatus: TransactionKind<StatusChange> = {
  kind: 'identity.set-status',
  payload: struct<StatusChange>({ account: bytes(32), status: word(['active', 'suspended']) }),
  apply: (view, payload, context) => {
    const account = view.get(accounts, payload.account)
    const isSponsor = account?.sponsor !== undefined && equalBytes(account.sponsor, context.sender)
    if (!account || !isSponsor || !activeInstitution(view, context.sender)) {
      return refuse('identity.not-sponsor', 'Only the sponsor of an account changes its status.')
    }
    view.put(accounts, { ...account, status: payload.status }, payload.account)
    return ok([{ kind: `identity.${payload.status}`, subjects: [payload.account] }])
  },
}
