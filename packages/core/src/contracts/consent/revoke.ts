import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { grants } from './tables.ts'

export interface Revocation {
  readonly grantId: Uint8Array
}

/** A chart ends one of its grants for good, from this block on. */
export const revokeGrant: TransactionKind<Revocation> = {
  kind: 'consent.revoke',
  payload: struct<Revocation>({ grantId: bytes(32) }),
  apply: (view, { grantId }, context) => {
    const grant = view.get(grants, grantId)
    if (!grant || !equalBytes(grant.chart, context.sender)) {
      return refuse('consent.unknown-grant', 'The chart has no grant of that id.')
    }
    if (grant.revokedHeight !== undefined)
      return refuse('consent.already-revoked', 'The grant is revoked already.')
    view.put(grants, { ...grant, revokedHeight: context.height }, grantId)
    return ok([{ kind: 'consent.revoked', subjects: [context.sender, grantId, grant.grantee] }])
  },
}
