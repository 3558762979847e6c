import { equalBytes } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { institutionsIn } from './genesis.ts'
import { memberChangesIn } from './member-history.ts'
import { pendingChangeIn } from './read.ts'

/**
 * First height that is decided without an institution which a vote removed, known two heights before it (consensus Q57).
 * Undefined for one that is present and stays, or that has not come yet.
 */
export const removalHeightIn = (view: ReadView, institution: Uint8Array): number | undefined => {
  const isSame = (id: Uint8Array): boolean => equalBytes(id, institution)
  if (!institutionsIn(view).some(isSame)) {
    const last = memberChangesIn(view)?.findLast((change) => isSame(change.institution))
    return last?.fromHeight
  }
  const change = pendingChangeIn(view)
  const isLeaving = change?.type === 'leave' && !change.keepsAccount && isSame(change.institution)
  return isLeaving ? change.effectiveHeight : undefined
}
