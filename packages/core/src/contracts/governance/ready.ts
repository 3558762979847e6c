import { assertInvariant, equalBytes, ok, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import type { ValidatorSet } from '../../validators/validator-set.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { EFFECT_DELAY_HEIGHTS, validateLiveQuorum } from './adopt.ts'
import { validatorSetIn } from './genesis.ts'
import { type PendingChange, pendingChange } from './proposal-tables.ts'
import { pendingChangeIn } from './read.ts'
import { backOffMs, noteSeen, skipTableIn } from './skip-table.ts'
import { members } from './tables.ts'

/** The present set with an institution at its end. */
export const setWith = (view: ReadView, institution: Uint8Array): ValidatorSet => {
  const member = view.get(members, institution)
  assertInvariant(member !== undefined, 'a candidate has no entry')
  return [...validatorSetIn(view), { institution, votingKey: member.votingKey }]
}

const join = (
  view: WriteView,
  { proposal, institution }: Extract<PendingChange, { type: 'candidate' }>,
  height: number,
): Result<void> => {
  const live = validateLiveQuorum(view, setWith(view, institution))
  if (!live.ok) return live
  const effectiveHeight = height + EFFECT_DELAY_HEIGHTS
  view.put(pendingChange, { type: 'join', proposal, institution, effectiveHeight })
  return ok(undefined)
}

const returnToTurns = (view: WriteView, { sender, timeMs }: TransactionContext): Result<void> => {
  const entry = skipTableIn(view).find(({ institution }) => equalBytes(institution, sender))
  if (entry === undefined || entry.untilMs <= timeMs) {
    return refuse('validator.not-awaited', 'This validator is neither passed over nor a candidate.')
  }
  if (entry.seenAtMs !== undefined && timeMs < entry.seenAtMs + backOffMs(entry.strikes)) {
    return refuse(
      'validator.ready-too-soon',
      'This validator was there a moment ago and missed its turn again.',
    )
  }
  noteSeen(view, sender, timeMs)
  return ok(undefined)
}

/** A validator says that it is there: a candidate joins, one that is passed over gets its turns back (consensus Q55, Q58). */
export const declareReady: TransactionKind<object> = {
  kind: 'validator.ready',
  payload: struct<object>({}),
  apply: (view, _payload, context) => {
    const { sender, height } = context
    const pending = pendingChangeIn(view)
    const isCandidate = pending?.type === 'candidate' && equalBytes(pending.institution, sender)
    const done = isCandidate ? join(view, pending, height) : returnToTurns(view, context)
    return done.ok ? ok([{ kind: 'validator.ready', subjects: [sender] }]) : done
  },
}
