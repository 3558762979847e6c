import {
  createScopeProver,
  decidingRecord,
  type Grant,
  grants,
  hexFromBytes,
  type Purpose,
  type ReadView,
  type ScopeProof,
} from '@medchain/core'
import type { GrantedScope } from './agent-scopes.ts'

/** The proof to show for a record; undefined where no grant lists it. */
export type ProofOf = (recordId: Uint8Array) => ScopeProof | undefined

export const NO_PROOFS: ProofOf = () => undefined

/** Which of two lists to show the proof of: that of a grant for the purpose, and of the newest of these. */
const rankOf = (grant: Grant | undefined, purpose: Purpose): number =>
  grant === undefined ? -1 : grant.grantedHeight + (grant.purposes.includes(purpose) ? 2 ** 40 : 0)

/** Proofs from what grants to the institution list; the holders judge them. */
export const proofsFrom = (
  scopes: readonly GrantedScope[],
  view: ReadView,
  purpose: Purpose,
  timeMs: number,
): ProofOf => {
  const found = new Map<string, ScopeProof | undefined>()
  const ranked = scopes
    .map((scope) => ({ scope, grant: view.get(grants, scope.grantId) }))
    .filter(
      ({ grant }) =>
        grant !== undefined && grant.mode !== 'write' && grant.fromMs <= timeMs && timeMs < grant.untilMs,
    )
    .sort((a, b) => rankOf(a.grant, purpose) - rankOf(b.grant, purpose))
  for (const { recordIds } of ranked.map(({ scope }) => scope)) {
    const prove = createScopeProver(recordIds)
    for (const recordId of recordIds) found.set(hexFromBytes(recordId), prove(recordId))
  }
  return (recordId) => found.get(hexFromBytes(decidingRecord(view, recordId)))
}
