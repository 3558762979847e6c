import { equalBytes } from '../../encoding/index.ts'
import type { WriteView } from '../../state/view.ts'
import { type ValidatorSet, validatorIndexOf } from '../../validators/validator-set.ts'
import { accounts } from '../identity/tables.ts'
import { institutionsIn, validatorSetIn } from './genesis.ts'
import { writeMemberOrder } from './member-history.ts'
import { type PendingChange, pendingChange } from './proposal-tables.ts'
import { pendingChangeIn, protocolIn } from './read.ts'
import { setWith } from './ready.ts'
import { type BlockBeginning, dropStrangers, noteTurns } from './skip-table.ts'
import { members, parameters, protocol, validators } from './tables.ts'
import { keepValidatorSet } from './validator-history.ts'

const writeSet = (view: WriteView, set: ValidatorSet): void => {
  view.put(validators, set)
  keepValidatorSet(view, set)
  dropStrangers(view, set)
}

const markPart = (view: WriteView, institution: Uint8Array, isValidator: boolean): void => {
  const member = view.get(members, institution)
  if (member !== undefined) view.put(members, { ...member, isValidator }, institution)
}

const leave = (
  view: WriteView,
  { institution, keepsAccount }: Extract<PendingChange, { type: 'leave' }>,
  height: number,
): void => {
  const isOther = (id: Uint8Array): boolean => !equalBytes(id, institution)
  const set = validatorSetIn(view)
  if (validatorIndexOf(set, institution) >= 0)
    writeSet(
      view,
      set.filter((member) => isOther(member.institution)),
    )
  markPart(view, institution, false)
  if (keepsAccount) return
  writeMemberOrder(view, institutionsIn(view).filter(isOther), height)
  const account = view.get(accounts, institution)
  if (account !== undefined) view.put(accounts, { ...account, status: 'suspended' as const }, institution)
}

/** Writes the tables that the block after this one stands on; a candidate that never spoke stays an observer. */
const putIntoForce = (view: WriteView, height: number): void => {
  const change = pendingChangeIn(view)
  if (change === undefined) return
  if (change.type === 'candidate') {
    if (height > change.lapsesHeight) view.remove(pendingChange)
    return
  }
  if (change.effectiveHeight > height + 1) return
  view.remove(pendingChange)
  if (change.type === 'parameters') view.put(parameters, change.parameters)
  else if (change.type === 'leave') leave(view, change, height)
  else {
    writeSet(view, setWith(view, change.institution))
    markPart(view, change.institution, true)
  }
}

const takeUpVersion = (view: WriteView, height: number): void => {
  const { next } = protocolIn(view)
  if (next !== undefined && height >= next.fromHeight) {
    view.put(protocol, { version: next.version, next: undefined })
  }
}

/**
 * What a block does before its first transaction: turns that were missed, then whatever the vote of two heights ago
 * decided (consensus Q52, Q57). Reads nothing but the header and the state.
 */
export const beginBlock = (view: WriteView, block: BlockBeginning): void => {
  noteTurns(view, block)
  putIntoForce(view, block.height)
  takeUpVersion(view, block.height)
}
