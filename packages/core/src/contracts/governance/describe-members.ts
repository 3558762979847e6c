import { equalBytes } from '../../encoding/index.ts'
import type { GenesisMember } from '../../ledger/genesis.ts'
import type { ReadView } from '../../state/view.ts'
import { type Account, accounts } from '../identity/tables.ts'
import { institutionsIn } from './genesis.ts'
import type { PendingChange } from './proposal-tables.ts'
import { evidenceAgainst, pendingChangeIn } from './read.ts'
import { isMissing, skipTableIn } from './skip-table.ts'
import { members } from './tables.ts'

/** How an institution takes part, and what it missed or did wrong, as committed state has it. */
export interface MemberDescription {
  readonly id: Uint8Array
  readonly member: GenesisMember
  readonly account: Account
  readonly part: 'validator' | 'candidate' | 'observer'
  /** Whether it missed its last turn as proposer and was not seen since. */
  readonly isMissing: boolean
  readonly missedTurns: number
  /** Block time in ms to which it is passed over as proposer. */
  readonly skippedUntilMs: number | undefined
  readonly evidence: {
    readonly count: number
    readonly lastHeight: number | undefined
    readonly lastMs: number | undefined
  }
  readonly pendingChange:
    | { readonly type: string; readonly effectiveHeight?: number; readonly lapsesHeight?: number }
    | undefined
}

const pendingOf = (
  pending: PendingChange | undefined,
  id: Uint8Array,
): MemberDescription['pendingChange'] => {
  if (!pending || pending.type === 'parameters' || !equalBytes(pending.institution, id)) return undefined
  return pending.type === 'candidate'
    ? { type: pending.type, lapsesHeight: pending.lapsesHeight }
    : { type: pending.type, effectiveHeight: pending.effectiveHeight }
}

/** The institutions in the order of admission; `timeMs` is the head's block time. */
export const describeMembers = (view: ReadView, timeMs: number): readonly MemberDescription[] => {
  const skips = skipTableIn(view)
  const change = pendingChangeIn(view)
  return institutionsIn(view).flatMap((id) => {
    const member = view.get(members, id)
    const account = view.get(accounts, id)
    if (!member || !account) return []
    const skip = skips.find(({ institution }) => equalBytes(institution, id))
    const entries = evidenceAgainst(view, id)
    const last = entries.at(-1)
    const pendingChange = pendingOf(change, id)
    const isCandidate = pendingChange?.type === 'candidate' || pendingChange?.type === 'join'
    return [
      {
        id,
        member,
        account,
        part: member.isValidator ? 'validator' : isCandidate ? 'candidate' : 'observer',
        isMissing: skip !== undefined && isMissing(view, id),
        missedTurns: skip?.strikes ?? 0,
        skippedUntilMs: skip && skip.untilMs > timeMs ? skip.untilMs : undefined,
        evidence: { count: entries.length, lastHeight: last?.height, lastMs: last?.reportedAtMs },
        pendingChange,
      },
    ]
  })
}
